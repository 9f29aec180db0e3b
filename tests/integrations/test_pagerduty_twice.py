"""An incident of which webhooks were heard and whose log was read stands in the timeline once."""

import json
from datetime import timedelta
from typing import Any

from integrations.contract import Delivery
from integrations.observation import PageObserved
from integrations.pagerduty import plugin
from server.domain.page import fold
from server.domain.page_entry import entries
from tests.integrations.fake_pagerduty import FakePagerDuty
from tests.integrations.pagerduty_records import ADA, GRACE, SHOP, at, incident
from tests.integrations.pagerduty_rounds import reading

LATER = timedelta(milliseconds=870)
"""Webhooks are dated to the millisecond, and a little after the log, which cuts its seconds."""


def heard(name: str, minute: float, agent: Any, data: Any) -> PageObserved:
    """What a webhook says."""
    event = {
        "id": f"01{name}{minute}".replace(".", "").upper(),
        "event_type": f"incident.{name}",
        "occurred_at": (at(minute) + LATER).isoformat(),
        "agent": agent,
        "data": data,
    }
    body = json.dumps({"event": event}).encode()
    (seen,) = plugin.parse(Delivery(event["event_type"], body))
    assert isinstance(seen, PageObserved)
    return seen


async def read() -> list[PageObserved]:
    """What the log says of the same."""
    fake = FakePagerDuty()
    there = fake.triggers(1, at(0))
    fake.happens(there, "assign", at(0), assignees=[dict(ADA)])
    fake.happens(there, "acknowledge", at(2), agent=dict(ADA))
    fake.happens(there, "escalate", at(3), agent=dict(ADA), assignees=[dict(GRACE)])
    channel = {"type": "note", "summary": "The column is gone, for good"}
    fake.happens(there, "annotate", at(4), agent=dict(GRACE), channel=channel)
    fake.happens(there, "resolve", at(9), agent=dict(GRACE))
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    return [each for each in seen if isinstance(each, PageObserved)]


def whole(status: str, **more: Any) -> Any:
    return incident(1, at(0), status=status, **more)


def reference() -> Any:
    return {"id": "PINC1", "type": "incident_reference", "summary": "It fails, 1"}


async def test_what_was_heard_and_read_stands_once() -> None:
    note = {"type": "incident_note", "content": "The column is gone, fo…"}
    sent = [
        heard("triggered", 0, dict(SHOP), whole("triggered", assignees=[dict(ADA)])),
        heard("acknowledged", 2, dict(ADA), whole("acknowledged")),
        heard("escalated", 3, dict(ADA), whole("acknowledged", assignees=[dict(GRACE)])),
        heard("annotated", 4, dict(GRACE), {**note, "incident": reference()}),
        heard("resolved", 9, dict(GRACE), whole("resolved")),
    ]
    both = sorted([*sent, *await read()], key=lambda page: page.moment)
    told = [each.body for each in entries(both, "PagerDuty")]
    assert told == [
        "PagerDuty opened the incident: It fails, 1",
        "Paged by PagerDuty",
        "Acknowledged in PagerDuty",
        "Escalated in PagerDuty",
        "Paged by PagerDuty",
        "The column is gone, for good",
        "Resolved in PagerDuty",
    ]
    assert [each.body for each in entries(await read(), "PagerDuty")] == told
    assert fold(both).moments == fold(sent).moments
    assert fold(both).moments["resolved_at"] == at(9) + LATER
