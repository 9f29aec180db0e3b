"""Jira's webhooks: the shipped suite, every published body, and what is said of a ticket."""

import hashlib
import json
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.contract import (
    Backfills,
    BadSignature,
    Checks,
    Connection,
    Delivery,
    KeepsTickets,
    Malformed,
    Polls,
    ReceivesWebhooks,
    Role,
    Secret,
)
from integrations.jira import plugin
from integrations.observation import Moment, Observation, PersonRef, TicketObserved, TicketState
from tests.integrations.conftest import ASSIGNEE
from tests.integrations.parts_jira import SIGN

UPDATED = datetime(2026, 3, 1, 9, 0, 5, 250_000, tzinfo=UTC)


@pytest.fixture
def event(ticket: dict[str, Any]) -> dict[str, Any]:
    return ticket


def parse(event: dict[str, Any], *connections: Connection) -> list[Observation]:
    delivery = Delivery(
        event["webhookEvent"], json.dumps(event).encode(), connections=tuple(connections)
    )
    return list(plugin.parse(delivery))


def only(event: dict[str, Any], *connections: Connection) -> TicketObserved:
    (seen,) = parse(event, *connections)
    assert isinstance(seen, TicketObserved)
    return seen


def test_published_bodies_say_something_of_tickets_alone(jira_file: Path) -> None:
    event = json.loads(jira_file.read_bytes())
    assert parse(event) == []
    if not event["webhookEvent"].startswith("jira:issue_"):
        return
    fields = event["issue"]["fields"]
    fields["labels"] = [*fields.get("labels", ()), "whychain-0123"]
    seen = only(event)
    assert seen.marker == "whychain-0123"
    assert seen.url.startswith("http")
    assert seen.key == event["issue"]["key"]
    sent = datetime.fromtimestamp(event["timestamp"] / 1_000, UTC)
    updated = fields.get("updated")
    assert seen.moment.at == (datetime.fromisoformat(updated) if updated else sent)
    assert seen.moment.at <= sent


def test_its_powers_and_its_role() -> None:
    for power in (ReceivesWebhooks, KeepsTickets, Polls, Backfills, Checks):
        assert isinstance(plugin, power)
    assert plugin.manifest.roles == {Role.TICKETS}
    assert plugin.manifest.base_url is None


def test_a_ticket_is_told_whole(event: dict[str, Any]) -> None:
    digest = hashlib.sha256(json.dumps(event).encode()).hexdigest()
    assert only(event) == TicketObserved(
        moment=Moment(UPDATED, 10, digest),
        external_id="10234",
        key="PAY-12",
        url="https://acme.atlassian.net/browse/PAY-12",
        title="Bound the queue",
        status="In Progress",
        state=TicketState.IN_PROGRESS,
        marker="whychain-0123",
        assignee=PersonRef("jira", "5b10ac8d82e05b22cc7d4ef5", name="Ada", email="ada@example.com"),
        due_on=date(2026, 4, 1),
        priority="High",
        state_at=UPDATED,
        assigned_at=UPDATED,
        due_at=None,
    )


def test_an_issue_without_a_marker_is_nothing(event: dict[str, Any]) -> None:
    event["issue"]["fields"]["labels"] = ["backend", "whychain"]
    assert parse(event) == []


def test_a_new_ticket_is_as_it_was_created(event: dict[str, Any]) -> None:
    event["webhookEvent"] = "jira:issue_created"
    seen = only(event)
    created = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert (seen.state_at, seen.assigned_at, seen.due_at) == (created, created, created)
    assert seen.moment.rank < 10


@pytest.mark.parametrize(
    ("status", "category", "resolution", "state"),
    [
        ("Backlog", "new", None, "OPEN"),
        ("In Review", "indeterminate", None, "IN_PROGRESS"),
        ("Done", "done", "Done", "DONE"),
        ("Done", "done", None, "DONE"),
        ("Done", "done", "won't do", "DROPPED"),
        ("Closed", "done", "Duplicate", "DROPPED"),
        ("Won't Do", "done", None, "DROPPED"),
        ("Reopened", "new", "Duplicate", "OPEN"),
        ("Odd", "undefined", None, "OPEN"),
    ],
)
def test_the_state_is_that_of_category_and_resolution(
    event: dict[str, Any], status: str, category: str, resolution: str | None, state: str
) -> None:
    fields = event["issue"]["fields"]
    fields["status"] = {"name": status, "statusCategory": {"key": category}}
    fields["resolution"] = {"name": resolution} if resolution else None
    assert only(event).state == state


def test_settings_say_what_statuses_and_resolutions_mean(event: dict[str, Any]) -> None:
    settings = {
        "statuses": {"DROPPED": ["Cancelled"], "IN_PROGRESS": "Selected", "SOON": "Backlog"},
        "dropped_resolutions": ["Not needed"],
    }
    acme = Connection("jira", "acme", "https://acme.atlassian.net", settings)
    other = Connection("jira", "other", "https://other.atlassian.net", {})
    fields = event["issue"]["fields"]
    for name, category, state in (
        ("Cancelled", "done", "DROPPED"),
        ("Selected", "new", "IN_PROGRESS"),
        ("Done", "done", "DROPPED"),
    ):
        fields["status"] = {"name": name, "statusCategory": {"key": category}}
        fields["resolution"] = {"name": "Not Needed"}
        assert only(event, other, acme).state == state
    assert only(event, other).state is TicketState.DONE


@pytest.mark.parametrize(("category", "state"), [("new", "DROPPED"), ("done", "DONE")])
def test_what_was_deleted_before_it_was_done_is_dropped(
    event: dict[str, Any], category: str, state: str
) -> None:
    event["webhookEvent"] = "jira:issue_deleted"
    event["issue"]["fields"]["status"]["statusCategory"]["key"] = category
    seen = only(event)
    assert (seen.state, seen.status) == (state, "Deleted")
    assert seen.moment.at == seen.state_at == datetime(2026, 3, 1, 9, 0, 5, 290_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("user", "person"),
    [
        (None, None),
        ({**ASSIGNEE, "accountType": "app"}, None),
        (
            {"accountId": "7", "name": "ada", "displayName": "Ada"},
            PersonRef("jira", "7", name="Ada"),
        ),
        (
            {"key": "JIRAUSER7", "name": "ada", "displayName": "Ada"},
            PersonRef("jira", "JIRAUSER7", handle="ada", name="Ada"),
        ),
        ({"name": "ada"}, PersonRef("jira", "ada", handle="ada")),
    ],
)
def test_who_it_is_given_to(
    event: dict[str, Any], user: dict[str, Any] | None, person: PersonRef | None
) -> None:
    event["issue"]["fields"]["assignee"] = user
    assert only(event).assignee == person


def test_the_address_is_that_of_the_site_which_is_configured(event: dict[str, Any]) -> None:
    event["issue"]["self"] = "https://elsewhere.example/rest/api/2/issue/10234"
    acme = Connection("jira", "acme", "https://jira.acme.example/jira", {})
    assert only(event, acme).url == "https://jira.acme.example/jira/browse/PAY-12"


def test_of_several_sites_that_are_not_its_own_none_is_meant(event: dict[str, Any]) -> None:
    others = [Connection("jira", each, f"https://{each}.example", {}) for each in ("a", "b")]
    assert only(event, *others).url == "https://acme.atlassian.net/browse/PAY-12"


@pytest.mark.parametrize(("total", "known"), [(1, True), (2, False)])
def test_a_changelog_that_is_cut_says_nothing_of_the_rest(
    event: dict[str, Any], total: int, known: bool
) -> None:
    entry = {"created": "2026-03-01T09:00:00.000+0000", "items": [{"field": "assignee"}]}
    event["issue"]["changelog"] = {"total": total, "histories": [entry]}
    event["webhookEvent"] = "issue.read"
    seen = only(event)
    created = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert seen.assigned_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (seen.state_at, seen.due_at) == ((created, created) if known else (None, None))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("issue",), None),
        (("issue", "fields", "duedate"), "in April"),
        (("issue", "fields", "updated"), "yesterday"),
        (("issue", "self"), "javascript:alert(1)"),
        (("timestamp",), 2**60),
    ],
)
def test_a_ticket_that_cannot_be_read_is_malformed(
    event: dict[str, Any], where: tuple[str, ...], value: Any
) -> None:
    changed = deepcopy(event)
    if where == ("timestamp",):
        del changed["issue"]["fields"]["updated"]
    holder = changed
    for name in where[:-1]:
        holder = holder[name]
    holder[where[-1]] = value
    with pytest.raises(Malformed):
        parse(changed)


def test_an_old_server_gives_no_identifier(event: dict[str, Any]) -> None:
    body = json.dumps(event).encode()
    envelope = plugin.open({}, body)
    assert (envelope.event, envelope.key) == (
        "jira:issue_updated",
        hashlib.sha256(body).hexdigest(),
    )
    named = plugin.open({b"x-atlassian-webhook-identifier": (b"5c0b",)}, body)
    assert named.key == "5c0b"
    with pytest.raises(Malformed):
        plugin.open({b"x-atlassian-webhook-identifier": (b"a", b"b")}, body)


def test_the_header_of_github_vouches_for_nothing(event: dict[str, Any]) -> None:
    body, secret = json.dumps(event).encode(), Secret("s3cret")
    ((_, value),) = SIGN(body, secret).items()
    with pytest.raises(BadSignature):
        plugin.verify({b"x-hub-signature-256": value}, body, (secret,))
