"""The bodies that the story sends are such as the integrations read from the vendors."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from integrations.contract import Delivery
from integrations.github import plugin as github
from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Observation,
    PageEvent,
    PageObserved,
    PullRequestObserved,
    PushObserved,
)
from integrations.pagerduty import plugin as pagerduty
from server.demo.organisation import acme
from server.demo.vendor_bodies import (
    Deploy,
    Page,
    Pull,
    deployment,
    deployment_status,
    page,
    pull_request,
    push,
)

NOW = datetime(2026, 11, 23, 15, 7, 9, tzinfo=UTC)
CHECKOUT = acme().service("checkout")
SOMEBODY, ANOTHER = acme().people[:2]
SHA = "a" * 40

MERGED = Pull(
    412,
    "Drop column legacy_sku from orders",
    "Second of two.\n\nDepends-on: #411",
    additions=21,
    deletions=6,
    changed_files=2,
    author=SOMEBODY,
    opened_at=NOW - timedelta(hours=2),
    merged_at=NOW,
    merged_by=ANOTHER,
    merge_sha=SHA,
)


def read_by_github(event: str, body: Mapping[str, Any]) -> Observation:
    """The one observation that the integration makes of the body."""
    (seen,) = github.parse(Delivery(event, orjson.dumps(body)))
    return seen


def test_a_merged_pull_request_is_read_with_its_order() -> None:
    seen = read_by_github("pull_request", pull_request(CHECKOUT, MERGED))

    assert isinstance(seen, PullRequestObserved)
    assert (seen.repository, seen.number, seen.depends_on) == ("acme/checkout", 412, (411,))
    assert (seen.merged_at, seen.merge_sha) == (NOW, SHA)
    assert seen.merged_by is not None
    assert seen.merged_by.external_id == str(ANOTHER.github)


def test_a_push_brings_the_merge() -> None:
    seen = read_by_github("push", push(CHECKOUT, "b" * 40, MERGED))

    assert isinstance(seen, PushObserved)
    assert (seen.before, seen.after, seen.commits) == ("b" * 40, SHA, (SHA,))
    assert seen.moment.at == NOW


def test_a_deployment_is_asked_for_begins_and_succeeds() -> None:
    deploy = Deploy(12345, SHA, SOMEBODY, NOW)
    states = []
    for event, body in (
        ("deployment", deployment(CHECKOUT, deploy)),
        ("deployment_status", deployment_status(CHECKOUT, deploy, "in_progress", NOW)),
        ("deployment_status", deployment_status(CHECKOUT, deploy, "success", NOW)),
    ):
        seen = read_by_github(event, body)
        assert isinstance(seen, DeploymentObserved)
        assert (seen.external_id, seen.sha, seen.environment) == ("12345", SHA, "production")
        states.append((seen.moment, seen.state))

    assert [state for _, state in sorted(states)] == [
        DeploymentState.PENDING,
        DeploymentState.IN_PROGRESS,
        DeploymentState.SUCCESS,
    ]


def test_a_page_is_read_from_its_trigger_to_its_end() -> None:
    incident = Page("Q1", "Checkout: HTTP 500", "P2", CHECKOUT, SOMEBODY, NOW)
    for event, kind in (
        ("triggered", PageEvent.TRIGGERED),
        ("acknowledged", PageEvent.ACKNOWLEDGED),
        ("resolved", PageEvent.RESOLVED),
    ):
        agent = None if event == "triggered" else SOMEBODY
        body = page(event, f"01{event}", incident, NOW, agent)
        (seen,) = pagerduty.parse(Delivery(f"incident.{event}", orjson.dumps(body)))
        assert isinstance(seen, PageObserved)
        assert (seen.event, seen.title, seen.priority) == (kind, incident.title, "P2")
        assert seen.url == incident.url
        assert (seen.actor is None) == (agent is None)
        assert bool(seen.paged) == (event == "triggered")
