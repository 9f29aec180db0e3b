"""What a weekly answer makes of an action item."""

import pytest

from server.domain.action_item import ActionItemState, may_move
from server.domain.check_in import MAX_WORDS, check_answer, state_after
from server.errors import ErrorCode

OPEN_STATES = [state for state in ActionItemState if not state.closed]


@pytest.mark.parametrize(
    ("state", "on_track", "blocked", "after"),
    [
        ("OPEN", True, False, "OPEN"),
        ("IN_PROGRESS", True, False, "IN_PROGRESS"),
        ("BLOCKED", True, False, "IN_PROGRESS"),
        ("BLOCKED", False, False, "BLOCKED"),
        ("IN_PROGRESS", False, False, "IN_PROGRESS"),
        ("OPEN", False, True, "BLOCKED"),
    ],
)
def test_the_state_follows_the_answer(
    state: str, on_track: bool, blocked: bool, after: str
) -> None:
    assert state_after(ActionItemState(state), on_track, blocked) == after


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("blocked", [True, False])
@pytest.mark.parametrize("on_track", [True, False])
def test_no_answer_makes_a_move_that_is_forbidden(
    state: ActionItemState, blocked: bool, on_track: bool
) -> None:
    assert may_move(state, state_after(state, on_track, blocked))


@pytest.mark.parametrize(
    ("state", "on_track", "blocked_by", "note", "code", "field"),
    [
        ("DONE", True, None, None, ErrorCode.CONFLICT, "id"),
        ("OPEN", True, "The vendor", None, ErrorCode.INVALID, "blockedBy"),
        ("OPEN", False, "b" * (MAX_WORDS + 1), None, ErrorCode.TOO_MANY, "blockedBy"),
        ("OPEN", False, None, "\0", ErrorCode.INVALID, "note"),
    ],
)
def test_an_unsound_answer_is_refused(
    state: str, on_track: bool, blocked_by: str, note: str, code: ErrorCode, field: str
) -> None:
    (problem,) = check_answer(ActionItemState(state), on_track, blocked_by, note)
    assert (problem.code, problem.field) == (code, (field,))


def test_a_sound_answer_is_taken() -> None:
    assert check_answer(ActionItemState.OPEN, False, "The vendor", "Asked again") == ()
    assert check_answer(ActionItemState.BLOCKED, True, " ", None) == ()
