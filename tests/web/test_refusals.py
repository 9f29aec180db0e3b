"""How errors become statuses and JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from server.errors import CodedError, ErrorCode, Problem, Refused, Unauthenticated, Unavailable
from server.web.refusals import STATUS, Rejected, error_response, errors_json, mask


def test_every_code_has_a_status_that_refuses() -> None:
    assert set(STATUS) == set(ErrorCode)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_only_our_own_trouble_is_a_5xx() -> None:
    ours = {ErrorCode.INTERNAL, ErrorCode.TIMEOUT, ErrorCode.UNAVAILABLE}
    assert {code for code, status in STATUS.items() if status >= 500} == ours


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (Unauthenticated("Who?"), 401, ("www-authenticate", "Bearer")),
        (Unavailable("Later."), 503, ("retry-after", "5")),
        (Rejected(405, ErrorCode.BAD_REQUEST, "No.", {"Allow": "POST"}), 405, ("allow", "POST")),
    ],
)
def test_a_refusal_carries_the_header_its_status_calls_for(
    error: CodedError, status: int, header: tuple[str, str]
) -> None:
    response = error_response(error)
    assert response.status_code == status
    assert header in response.headers.items()


def test_a_refusal_of_many_problems_tells_them_all() -> None:
    error = Refused(
        Problem(ErrorCode.INVALID, "Too long.", ("entries", "3", "body")),
        Problem(ErrorCode.NOT_FOUND, "No such service."),
    )
    assert json.loads(errors_json(error)) == [
        {
            "message": "Too long.",
            "extensions": {"code": "INVALID", "field": ["entries", "3", "body"]},
        },
        {"message": "No such service.", "extensions": {"code": "NOT_FOUND"}},
    ]


@given(st.text(st.characters()))
def test_any_message_can_be_sent(message: str) -> None:
    (member,) = json.loads(errors_json(CodedError(message)))
    assert member["message"] == message.encode("utf-8", "replace").decode()


def test_a_lone_surrogate_in_a_message_can_be_sent() -> None:
    (member,) = json.loads(errors_json(CodedError("what came in: \udcff")))
    assert member["message"] == "what came in: ?"


def test_the_log_says_what_happened_inside_a_task_group() -> None:
    group = ExceptionGroup("tasks", [ExceptionGroup("more", [KeyError("deep")])])
    with capture_logs() as logs:
        masked = mask(group, "test")
    (entry,) = logs
    assert (entry["kind"], entry["error_id"]) == ("KeyError", masked.error_id)
    assert "deep" not in masked.message
