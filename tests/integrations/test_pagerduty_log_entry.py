"""Entries of PagerDuty's logs, each kind by hand: some are in no description of its API."""

from datetime import timedelta
from typing import Any

import pytest

from integrations.contract import Malformed
from integrations.observation import PageEvent, PageObserved, PersonRef
from integrations.pagerduty.log_entry import course, observed
from integrations.payload import JsonObject
from tests.integrations.pagerduty_records import ADA, GRACE, NOON, entry

ADA_REF = PersonRef("pagerduty", "PADA", name="Ada")
GRACE_REF = PersonRef("pagerduty", "PGRACE", name="Grace")


def told(kind: str, **changes: Any) -> Any:
    return observed(JsonObject(entry(kind, 1, NOON, **changes)), "PINC")


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("trigger", PageEvent.TRIGGERED),
        ("acknowledge", PageEvent.ACKNOWLEDGED),
        ("acknowledgement", PageEvent.ACKNOWLEDGED),
        ("unacknowledge", PageEvent.UNACKNOWLEDGED),
        ("assign", PageEvent.ASSIGNED),
        ("reassign", PageEvent.ASSIGNED),
        ("delegate", PageEvent.ASSIGNED),
        ("escalate", PageEvent.ESCALATED),
        ("notify", PageEvent.NOTIFIED),
        ("responder_request", PageEvent.RESPONDER_ADDED),
        ("priority_change", PageEvent.PRIORITY_CHANGED),
        ("status_update", PageEvent.STATUS_UPDATE),
        ("annotate", PageEvent.NOTE),
        ("resolve", PageEvent.RESOLVED),
        ("reopen", PageEvent.REOPENED),
    ],
)
def test_what_an_entry_is(kind: str, event: PageEvent) -> None:
    seen = told(kind, agent=dict(ADA))
    assert (seen.external_id, seen.event_id, seen.event) == ("PINC", "R000001", event)
    assert (seen.moment.at, seen.actor, seen.detail, seen.listed) == (NOON, ADA_REF, None, True)


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("urgency_change", "Urgency change"),
        ("custom_field_value_change", "Custom field values updated"),
        ("snooze", "Snooze"),
        ("exhaust_escalation_path", "Exhaust escalation path"),
    ],
)
def test_any_other_entry_keeps_its_words(kind: str, detail: str) -> None:
    seen = told(kind, summary="Urgency changed from low to high")
    assert (seen.event, seen.detail) == (PageEvent.OTHER, detail)
    assert seen.text == "Urgency changed from low to high"


@pytest.mark.parametrize("kind", ["link", "unlink"])
def test_alerts_that_come_and_go_are_nobodys_doing(kind: str) -> None:
    assert told(kind) is None


@pytest.mark.parametrize(
    ("notification", "text"),
    [
        ({"type": "sms_notification", "address": "+1 555"}, "by SMS"),
        ({"type": "email", "address": "ada@acme.example"}, "by e-mail"),
        ({"type": "phone_notification"}, "by phone"),
        ({"type": "push_notification"}, "by push"),
        ({"type": "pigeon"}, None),
        (None, None),
    ],
)
def test_how_somebody_was_notified_and_never_where(notification: Any, text: str | None) -> None:
    seen = told("notify", user=dict(ADA), channel={"type": "auto", "notification": notification})
    assert (seen.text, seen.paged) == (text, (ADA_REF,))


def test_a_change_of_priority_says_to_which() -> None:
    channel = {"type": "auto", "new_priority": {"id": "P", "name": "P2", "summary": "P2"}}
    assert told("priority_change", channel=channel).priority == "P2"
    channel["new_priority"] = None  # type: ignore[assignment]  # as PagerDuty says that there is none
    assert told("priority_change", channel=channel).priority == ""
    bare = told("priority_change", summary='Priority changed from "P3" to "P1"')
    assert (bare.priority, bare.text) == (None, 'Priority changed from "P3" to "P1"')


@pytest.mark.parametrize("field", ["content", "summary"])
def test_a_note_is_told_wherever_it_stands(field: str) -> None:
    assert told("annotate", channel={"type": "note", field: "The column is gone"}).text == (
        "The column is gone"
    )
    assert told("annotate", note="The column is gone").text == "The column is gone"


def test_responders_who_were_asked_are_paged() -> None:
    seen = told(
        "responder_request",
        responders=[{"user": dict(ADA)}, {"escalation_policy": {"id": "P"}}],
        channel={"type": "website", "message": "Please help"},
    )
    assert (seen.paged, seen.text) == ((ADA_REF,), "Please help")


def log(*told: tuple[str, float, dict[str, Any]]) -> list[PageObserved]:
    """A log of these kinds of entries, so many seconds after noon."""
    entries = [
        observed(JsonObject(entry(kind, number, NOON + timedelta(seconds=second), **more)), "PINC")
        for number, (kind, second, more) in enumerate(told)
    ]
    return [each for each in entries if each]


def test_whom_it_was_assigned_to_at_once_was_paged_by_what_pages() -> None:
    to_ada, to_grace = {"assignees": [dict(ADA)]}, {"assignees": [dict(GRACE)]}
    told = log(
        ("assign", 0, to_ada),
        ("trigger", 0, {}),
        ("escalate", 300, to_grace),
        ("assign", 301, to_grace),
        ("assign", 303, {**to_ada, "agent": dict(GRACE)}),
        ("assign", 360, to_ada),
    )
    assert [(each.event, each.paged) for each in course(told, None)] == [
        (PageEvent.TRIGGERED, (ADA_REF,)),
        (PageEvent.ESCALATED, (GRACE_REF,)),
        (PageEvent.ASSIGNED, (ADA_REF,)),
        (PageEvent.ASSIGNED, (ADA_REF,)),
    ]


def test_the_last_end_is_the_merge_and_what_begins_again_was_reopened() -> None:
    told = log(("resolve", 90, {}), ("trigger", 60, {}), ("resolve", 30, {}), ("trigger", 0, {}))
    ended = [each.event for each in course(told, None)]
    merged = course(told, "PTARGET")
    assert ended == [
        PageEvent.TRIGGERED,
        PageEvent.RESOLVED,
        PageEvent.REOPENED,
        PageEvent.RESOLVED,
    ]
    assert [each.event for each in merged] == [*ended[:3], PageEvent.MERGED]
    assert [each.merged_into for each in merged] == [None, None, None, "PTARGET"]


@pytest.mark.parametrize("field", ["id", "type", "created_at"])
def test_what_is_needed(field: str) -> None:
    record = entry("trigger", 1, NOON)
    del record[field]
    with pytest.raises(Malformed, match=field):
        observed(JsonObject(record), "PINC")
