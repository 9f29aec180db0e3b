"""PagerDuty's webhooks, each kind of body once by hand and every published one."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.contract import Connection, Delivery, Malformed
from integrations.observation import (
    Moment,
    Observation,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    ServiceRef,
)
from integrations.pagerduty import plugin

ADA = PersonRef("pagerduty", "PADA", name="Ada")
DETAILS = {
    "incident.action_invocation.created": "Action invocation created",
    "incident.action_invocation.terminated": "Action invocation terminated",
    "incident.action_invocation.updated": "Action invocation updated",
    "incident.conference_bridge.updated": "Conference bridge updated",
    "incident.custom_field_values.updated": "Custom field values updated",
    "incident.incident_type.changed": "Incident type changed",
    "incident.responder.replied": "Responder replied",
    "incident.role.assigned": "Role assigned",
    "incident.task.completed": "Task completed",
    "incident.task.created": "Task created",
    "incident.task.updated": "Task updated",
    "incident.workflow.completed": "Workflow completed",
    "incident.workflow.started": "Workflow started",
}
KINDS = {
    "incident.triggered": PageEvent.TRIGGERED,
    "incident.acknowledged": PageEvent.ACKNOWLEDGED,
    "incident.unacknowledged": PageEvent.UNACKNOWLEDGED,
    "incident.delegated": PageEvent.ASSIGNED,
    "incident.reassigned": PageEvent.ASSIGNED,
    "incident.escalated": PageEvent.ESCALATED,
    "incident.responder.added": PageEvent.RESPONDER_ADDED,
    "incident.priority_updated": PageEvent.PRIORITY_CHANGED,
    "incident.service_updated": PageEvent.SERVICE_CHANGED,
    "incident.status_update_published": PageEvent.STATUS_UPDATE,
    "incident.annotated": PageEvent.NOTE,
    "incident.resolved": PageEvent.RESOLVED,
    "incident.reopened": PageEvent.REOPENED,
}


def encoded(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload).encode()


def parse(payload: dict[str, Any]) -> tuple[Observation, ...]:
    return tuple(plugin.parse(Delivery(payload["event"]["event_type"], encoded(payload))))


def only(payload: dict[str, Any]) -> PageObserved:
    (observation,) = parse(payload)
    assert isinstance(observation, PageObserved)
    return observation


def moment(payload: dict[str, Any], at: datetime, rank: int) -> Moment:
    return Moment(at, rank, hashlib.sha256(encoded(payload)).hexdigest())


def test_an_event_that_carries_the_incident(page: dict[str, Any]) -> None:
    assert only(page) == PageObserved(
        moment=moment(page, datetime(2026, 1, 1, 3, 0, 0, 123_000, tzinfo=UTC), 0),
        external_id="PINC",
        event_id="01EVENT",
        event=PageEvent.TRIGGERED,
        title="Checkout answers 500",
        state=PageState.TRIGGERED,
        priority="P1",
        created_at=datetime(2026, 1, 1, 3, tzinfo=UTC),
        service=ServiceRef("pagerduty", "PSVC", "Shop"),
        actor=None,  # a service sounded the alarm
        paged=(ADA,),  # an escalation policy is no person
        url="https://acme.pagerduty.com/incidents/PINC",
    )


def test_an_event_that_refers_to_the_incident_says_nothing_of_its_state(
    note: dict[str, Any],
) -> None:
    assert only(note) == PageObserved(
        moment=moment(note, datetime(2026, 1, 1, 3, 10, tzinfo=UTC), 36),
        external_id="PINC",
        event_id="02EVENT",
        event=PageEvent.NOTE,
        title="Checkout answers 500",
        actor=ADA,
        text="The column is gone",
        url="https://acme.pagerduty.com/incidents/PINC",
    )


def test_no_priority_differs_from_no_word_of_it(page: dict[str, Any]) -> None:
    page["event"]["data"]["priority"] = None
    assert only(page).priority == ""
    del page["event"]["data"]["priority"]
    assert only(page).priority is None


@pytest.mark.parametrize("event_type", ["triggered", "escalated", "delegated", "reassigned"])
def test_assignees_are_paged(page: dict[str, Any], event_type: str) -> None:
    page["event"]["event_type"] = f"incident.{event_type}"
    assert only(page).paged == (ADA,)


@pytest.mark.parametrize("event_type", ["acknowledged", "resolved", "priority_updated", "reopened"])
def test_assignees_are_not_paged_again(page: dict[str, Any], event_type: str) -> None:
    page["event"]["event_type"] = f"incident.{event_type}"
    assert only(page).paged == ()


def test_a_responder_who_is_added_is_paged(note: dict[str, Any]) -> None:
    event = note["event"]
    event["event_type"] = "incident.responder.added"
    event["data"] |= {"message": "Please help", "user": event["agent"] | {"id": "PGRACE"}}
    seen = only(note)
    assert seen.paged == (PersonRef("pagerduty", "PGRACE", name="Ada"),)
    assert (seen.actor, seen.text) == (ADA, "Please help")


@pytest.mark.parametrize(
    "agent", [None, {"id": "PINT", "summary": "Grafana", "type": "inbound_integration_reference"}]
)
def test_only_a_user_is_an_actor(note: dict[str, Any], agent: Any) -> None:
    note["event"]["agent"] = agent
    assert only(note).actor is None


def test_an_unknown_event_of_an_incident_is_told_plainly(note: dict[str, Any]) -> None:
    note["event"]["event_type"] = "incident.moon_phase.changed"
    seen = only(note)
    assert (seen.event, seen.detail) == (PageEvent.OTHER, "Moon phase changed")


def test_a_role_holds_its_incident_one_step_further_in(note: dict[str, Any]) -> None:
    incident = note["event"]["data"].pop("incident")
    note["event"]["event_type"] = "incident.role.assigned"
    assert parse(note) == ()
    note["event"]["data"]["incident_role_assignments"] = [{"incident": incident}]
    assert only(note).external_id == "PINC"


@pytest.mark.parametrize("event_type", ["service.updated", "pagey.ping", "incidental.thing"])
def test_what_is_about_no_incident_says_nothing(page: dict[str, Any], event_type: str) -> None:
    page["event"]["event_type"] = event_type
    assert parse(page) == ()


@pytest.mark.parametrize("number", [1000, "+1 1234123412,,987654321#", None, []])
def test_what_is_not_used_may_be_anything(page: dict[str, Any], number: Any) -> None:
    page["event"]["data"]["conference_bridge"] = {"conference_number": number}
    assert only(page).title == "Checkout answers 500"


def test_in_one_millisecond_the_beginning_is_first_and_the_end_last(page: dict[str, Any]) -> None:
    seen = []
    for event_type in ("resolved", "priority_updated", "reopened", "acknowledged", "triggered"):
        page["event"]["event_type"] = f"incident.{event_type}"
        seen.append(only(page))
    assert [one.event for one in sorted(seen, key=lambda one: one.moment)] == [
        PageEvent.TRIGGERED,
        PageEvent.REOPENED,
        PageEvent.PRIORITY_CHANGED,
        PageEvent.ACKNOWLEDGED,
        PageEvent.RESOLVED,
    ]


def test_a_resolution_by_a_merge_says_into_what(page: dict[str, Any]) -> None:
    page["event"]["event_type"] = "incident.resolved"
    target = {"id": "PTARGET", "type": "incident_reference"}
    page["event"]["data"] |= {
        "status": "resolved",
        "resolve_reason": {"type": "merge_resolve_reason", "incident": target},
    }
    seen = only(page)
    assert (seen.event, seen.merged_into, seen.state) == (PageEvent.MERGED, "PTARGET", None)
    page["event"]["data"]["resolve_reason"] = None
    seen = only(page)
    assert (seen.event, seen.merged_into) == (PageEvent.RESOLVED, None)
    assert seen.state is PageState.RESOLVED


def connection(name: str, **settings: Any) -> Connection:
    return Connection("pagerduty", name, "https://api.pagerduty.com", settings)


def heard(payload: dict[str, Any], *connections: Connection) -> PageObserved:
    event = payload["event"]["event_type"]
    (seen,) = plugin.parse(Delivery(event, encoded(payload), connections=connections))
    assert isinstance(seen, PageObserved)
    return seen


def test_a_priority_is_heard_in_the_organisations_meaning(page: dict[str, Any]) -> None:
    page["event"]["data"]["priority"]["summary"] = "Business critical"
    acme = connection("acme", priorities={"Business critical": "SEV1", "Odd": "sev one"})
    assert heard(page, acme).priority == "SEV1"
    assert heard(page).priority == "Business critical"
    page["event"]["event_type"] = "incident.priority_updated"
    assert (heard(page, acme).priority, heard(page, acme).text) == ("SEV1", "Business critical")
    page["event"]["data"]["priority"]["summary"] = "Odd"
    assert (heard(page, acme).priority, heard(page, acme).text) == ("Odd", None)


def test_the_account_that_names_the_service_says_what_a_priority_means(
    page: dict[str, Any],
) -> None:
    page["event"]["data"]["priority"]["summary"] = "High"
    others = connection("others", priorities={"High": "SEV3"})
    named = connection("named", services=["PSVC"], priorities={"High": "SEV1"})
    assert heard(page, others, named).priority == "SEV1"
    assert heard(page, others).priority == "SEV3"


HEADERS = {b"x-webhook-id": (b"of-the-delivery",)}


def test_the_key_is_the_events_own_id(page: dict[str, Any]) -> None:
    envelope = plugin.open(HEADERS, encoded(page))
    assert (envelope.key, envelope.event) == ("01EVENT", "incident.triggered")
    assert plugin.open({}, encoded(page)) == envelope


def test_the_header_stands_in_for_an_id_that_is_missing(page: dict[str, Any]) -> None:
    del page["event"]["id"]
    assert plugin.open(HEADERS, encoded(page)).key == "of-the-delivery"
    assert only(page).event_id == hashlib.sha256(encoded(page)).hexdigest()
    with pytest.raises(Malformed, match="x-webhook-id"):
        plugin.open({}, encoded(page))


@pytest.mark.parametrize("value", ["é", "a b", "x" * 201, "\x00", 5])
def test_an_id_that_cannot_be_a_key_is_malformed(page: dict[str, Any], value: Any) -> None:
    page["event"]["id"] = value
    with pytest.raises(Malformed, match=r"event\.id"):
        plugin.open(HEADERS, encoded(page))


def test_a_malformed_body_costs_no_subscription() -> None:
    policy = plugin.manifest.webhook
    assert policy is not None
    assert policy.malformed_status == 202


def test_every_published_event_is_read(pagerduty_file: Path) -> None:
    body = pagerduty_file.read_bytes()
    envelope = plugin.open({}, body)
    seen = plugin.parse(Delivery(envelope.event, body))
    if envelope.event.startswith("service."):
        assert seen == ()
        return
    (page,) = seen
    assert isinstance(page, PageObserved)
    assert page.event == KINDS.get(envelope.event, PageEvent.OTHER)
    assert page.detail == DETAILS.get(envelope.event)
    assert page.actor == PersonRef("pagerduty", "PLH1HKV", name="Tenex Engineer")
    data = json.loads(body)["event"]["data"]
    if data["type"] == "incident":
        assert page.state == PageState(data["status"].upper())
        assert (page.title, page.priority) == (data["title"], "P1")
        assert page.service == ServiceRef("pagerduty", "PF9KMXH", "API Service")
    else:
        assert (page.state, page.priority, page.service) == (None, None, None)
