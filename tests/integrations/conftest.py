"""Bodies to read: small ones of our own, and those that vendors publish, where they are."""

from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "payloads"

REPOSITORY = {"id": 7, "full_name": "acme/shop", "pushed_at": 1_767_225_600}
ENGINEER = {"id": 41, "login": "ada", "type": "User"}
ASSIGNEE = {
    "accountId": "5b10ac8d82e05b22cc7d4ef5",
    "accountType": "atlassian",
    "displayName": "Ada",
    "emailAddress": "ada@example.com",
}
ROBOT = {"id": 42, "login": "shipper[bot]", "type": "Bot"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for vendor in ("github", "jira", "pagerduty", "slack"):
        if f"{vendor}_file" in metafunc.fixturenames:
            metafunc.parametrize(f"{vendor}_file", published(vendor), ids=lambda path: path.name)


def published(vendor: str) -> list[Any]:
    """The published events of a vendor, or one skipped stand-in that says what is missing."""
    others = {"create_subscription_request.json", "signature_vector.json"}
    files = sorted((SHARED / vendor).glob("*.json")) if SHARED.is_dir() else []
    missing = pytest.mark.skip(reason=f"no published payloads of {vendor} beside the project")
    return [path for path in files if path.name not in others] or [
        pytest.param(Path("absent"), marks=missing)
    ]


@pytest.fixture
def deployment() -> dict[str, Any]:
    return {
        "action": "created",
        "deployment": {
            "id": 900,
            "sha": "a" * 40,
            "ref": "main",
            "environment": "Production EU",
            "creator": dict(ENGINEER),
            "created_at": "2026-01-01T00:00:00Z",
        },
        "repository": dict(REPOSITORY),
    }


@pytest.fixture
def deployment_status(deployment: dict[str, Any]) -> dict[str, Any]:
    status = {
        "state": "success",
        "environment": "",
        "target_url": "",
        "log_url": "https://ci.example.com/runs/5",
        "created_at": "2026-01-01T00:05:00Z",
    }
    return {**deployment, "deployment_status": status}


@pytest.fixture
def pull_request() -> dict[str, Any]:
    return {
        "action": "closed",
        "pull_request": {
            "number": 12,
            "title": "Drop the column orders.note",
            "body": "Cleans up.\r\n\r\nDepends-on: #11\r\n",
            "user": dict(ENGINEER),
            "merged_by": dict(ROBOT),
            "merged_at": "2026-01-01T00:00:10Z",
            "merge_commit_sha": "b" * 40,
            "updated_at": "2026-01-01T00:00:11Z",
            "additions": 3,
            "deletions": 140,
            "changed_files": 2,
            "html_url": "https://github.com/acme/shop/pull/12",
        },
        "repository": dict(REPOSITORY),
    }


@pytest.fixture
def push() -> dict[str, Any]:
    return {
        "ref": "refs/heads/main",
        "before": "a" * 40,
        "after": "c" * 40,
        "deleted": False,
        "commits": [{"id": "b" * 40}, {"id": "c" * 40}],
        "head_commit": {"id": "c" * 40, "timestamp": "2025-12-31T10:00:00+02:00"},
        "repository": dict(REPOSITORY),
    }


@pytest.fixture
def page() -> dict[str, Any]:
    """A page that carries the whole incident."""
    return {
        "event": {
            "id": "01EVENT",
            "event_type": "incident.triggered",
            "occurred_at": "2026-01-01T03:00:00.123Z",
            "agent": {"id": "PSVC", "summary": "Shop", "type": "service_reference"},
            "data": {
                "id": "PINC",
                "type": "incident",
                "title": "Checkout answers 500",
                "status": "triggered",
                "created_at": "2026-01-01T03:00:00Z",
                "html_url": "https://acme.pagerduty.com/incidents/PINC",
                "service": {"id": "PSVC", "summary": "Shop", "type": "service_reference"},
                "assignees": [
                    {"id": "PADA", "summary": "Ada", "type": "user_reference"},
                    {"id": "PPOL", "summary": "Nights", "type": "escalation_policy_reference"},
                ],
                "priority": {"id": "P1ID", "summary": "P1", "type": "priority_reference"},
            },
        }
    }


@pytest.fixture
def note() -> dict[str, Any]:
    """A note, which carries only a reference to the incident."""
    return {
        "event": {
            "id": "02EVENT",
            "event_type": "incident.annotated",
            "occurred_at": "2026-01-01T03:10:00Z",
            "agent": {"id": "PADA", "summary": "Ada", "type": "user_reference"},
            "data": {
                "id": "PNOTE",
                "type": "incident_note",
                "content": "The column is gone",
                "incident": {
                    "id": "PINC",
                    "summary": "Checkout answers 500",
                    "html_url": "https://acme.pagerduty.com/incidents/PINC",
                    "type": "incident_reference",
                },
            },
        }
    }


@pytest.fixture
def intake() -> dict[str, Any]:
    """Our own dialect with every member."""
    return {
        "repository": "acme/shop",
        "sha": "a" * 40,
        "environment": "staging",
        "status": "failed",
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": "2026-01-01T00:05:00Z",
        "id": "run-7",
        "ref": "main",
        "url": "https://ci.example.com/runs/7",
        "pullRequests": [12, 11],
        "deployer": {"provider": "github", "id": "41", "handle": "ada", "email": "a@example.com"},
    }


@pytest.fixture
def argocd() -> dict[str, Any]:
    """What the README's template makes of an operation."""
    return {
        "argocd": {
            "application": "shop-production",
            "phase": "Succeeded",
            "partial": False,
            "startedAt": "2026-01-01T00:00:00Z",
            "finishedAt": "2026-01-01T00:05:00Z",
            "repoURL": "https://github.com/acme/shop.git",
            "revision": "a" * 40,
            "targetRevision": "main",
            "environment": "production",
            "url": "https://argocd.example.com/applications/shop-production",
        }
    }


@pytest.fixture
def cdevent() -> dict[str, Any]:
    """A CDEvent as it lies in a CloudEvent."""
    return {
        "context": {
            "version": "0.4.1",
            "id": "271069a8",
            "chainId": "4c8cb7dd",
            "source": "/pipelines/shop",
            "type": "dev.cdevents.service.deployed.0.2.0",
            "timestamp": "2026-01-01T00:05:00.315384Z",
        },
        "subject": {
            "id": "shop",
            "source": "/pipelines/shop",
            "type": "service",
            "content": {
                "environment": {"id": "production"},
                "artifactId": "pkg:github/acme/shop@" + "a" * 40,
            },
        },
    }


@pytest.fixture
def cloudevent(cdevent: dict[str, Any]) -> dict[str, Any]:
    """A CloudEvent in structured mode."""
    context = cdevent["context"]
    return {
        "specversion": "1.0",
        "id": context["id"],
        "source": context["source"],
        "type": context["type"],
        "datacontenttype": "application/json",
        "data": cdevent,
    }


@pytest.fixture
def ticket() -> dict[str, Any]:
    """A ticket that was taken up by Ada."""
    return {
        "timestamp": 1_772_355_605_290,
        "webhookEvent": "jira:issue_updated",
        "issue_event_type_name": "issue_generic",
        "issue": {
            "id": "10234",
            "key": "PAY-12",
            "self": "https://acme.atlassian.net/rest/api/2/issue/10234",
            "fields": {
                "summary": "Bound the queue",
                "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
                "resolution": None,
                "labels": ["backend", "whychain", "whychain-0123"],
                "assignee": dict(ASSIGNEE),
                "duedate": "2026-04-01",
                "priority": {"name": "High"},
                "created": "2026-03-01T08:00:00.000+0000",
                "updated": "2026-03-01T10:00:05.250+0100",
            },
        },
        "changelog": {
            "id": "1",
            "items": [
                {"field": "status", "fieldId": "status", "toString": "In Progress"},
                {"field": "assignee", "fieldId": "assignee", "toString": "Ada"},
            ],
        },
    }
