"""Webhook bodies as GitHub and PagerDuty send them, with the fields that readers of them use.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
https://developer.pagerduty.com/docs/webhooks-overview
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from server.demo.organisation import Person, Service

Body: TypeAlias = dict[str, Any]

_GITHUB = "https://github.com"
_PAGERDUTY = "https://acme.pagerduty.com"


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request; what is None has not happened yet."""

    number: int
    title: str
    body: str
    additions: int
    deletions: int
    changed_files: int
    author: Person
    opened_at: datetime
    merged_at: datetime | None = None
    merged_by: Person | None = None
    merge_sha: str | None = None


def pull_request(service: Service, pull: Pull) -> Body:
    """The event of a pull request that was opened, or merged."""
    address = f"{_GITHUB}/{service.repository}/pull/{pull.number}"
    merged = pull.merged_at is not None
    at = _seconds(pull.merged_at or pull.opened_at)
    sender = pull.merged_by or pull.author
    return {
        "action": "closed" if merged else "opened",
        "number": pull.number,
        "pull_request": {
            "id": 1_800_000_000 + pull.number,
            "number": pull.number,
            "state": "closed" if merged else "open",
            "title": pull.title,
            "body": pull.body,
            "user": _account(pull.author),
            "html_url": address,
            "created_at": _seconds(pull.opened_at),
            "updated_at": at,
            "closed_at": at if merged else None,
            "merged_at": at if merged else None,
            "merged": merged,
            "merge_commit_sha": pull.merge_sha,
            "merged_by": _account(pull.merged_by) if pull.merged_by else None,
            "draft": False,
            "commits": 1,
            "additions": pull.additions,
            "deletions": pull.deletions,
            "changed_files": pull.changed_files,
            "base": {"ref": "main"},
        },
        **_context(service, sender),
    }


def push(service: Service, before: str, pull: Pull) -> Body:
    """The event of a merged pull request's arrival on main.

    Raises:
        ValueError: it is not merged.
    """
    if not (pull.merged_at and pull.merged_by and pull.merge_sha):
        raise ValueError("only what is merged arrives on main")
    commit = {
        "id": pull.merge_sha,
        "message": f"{pull.title} (#{pull.number})",
        "timestamp": _seconds(pull.merged_at),
        "url": f"{_GITHUB}/{service.repository}/commit/{pull.merge_sha}",
        "author": {"name": pull.author.name, "username": pull.author.handle},
        "distinct": True,
    }
    context = _context(service, pull.merged_by)
    # In a push, and nowhere else, GitHub dates the repository in seconds since 1970.
    context["repository"]["pushed_at"] = int(pull.merged_at.timestamp())
    return {
        "ref": "refs/heads/main",
        "before": before,
        "after": pull.merge_sha,
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": [commit],
        "head_commit": commit,
        "pusher": {"name": pull.merged_by.handle},
        **context,
    }


@dataclass(frozen=True, slots=True)
class Deploy:
    """A deployment to production, as GitHub keeps it."""

    id: int
    sha: str
    creator: Person
    created_at: datetime


def deployment(service: Service, deploy: Deploy) -> Body:
    """The event of a deployment that was asked for."""
    return {
        "action": "created",
        "deployment": _deployment(deploy),
        **_context(service, deploy.creator),
    }


def deployment_status(service: Service, deploy: Deploy, state: str, at: datetime) -> Body:
    """The event of a deployment that reached a state: in_progress, success, failure …"""
    log = f"{_GITHUB}/{service.repository}/actions/runs/{deploy.id}"
    return {
        "action": "created",
        "deployment_status": {
            "id": deploy.id * 10 + len(state),
            "state": state,
            "environment": "production",
            "creator": _account(deploy.creator),
            "description": "",
            "log_url": log,
            "target_url": log,
            "created_at": _seconds(at),
            "updated_at": _seconds(at),
        },
        "deployment": _deployment(deploy),
        **_context(service, deploy.creator),
    }


def _deployment(deploy: Deploy) -> Body:
    return {
        "id": deploy.id,
        "sha": deploy.sha,
        "ref": "main",
        "task": "deploy",
        "payload": {},
        "environment": "production",
        "original_environment": "production",
        "description": None,
        "creator": _account(deploy.creator),
        "created_at": _seconds(deploy.created_at),
        "updated_at": _seconds(deploy.created_at),
        "production_environment": True,
    }


def _account(person: Person) -> Body:
    return {
        "login": person.handle,
        "id": person.github,
        "type": "User",
        "html_url": f"{_GITHUB}/{person.handle}",
        "site_admin": False,
    }


def _context(service: Service, sender: Person) -> Body:
    """What stands in every event."""
    owner, _, name = service.repository.partition("/")
    repository = {
        "name": name,
        "full_name": service.repository,
        "private": True,
        "owner": {"login": owner, "type": "Organization"},
        "html_url": f"{_GITHUB}/{service.repository}",
        "default_branch": "main",
    }
    return {"repository": repository, "sender": _account(sender)}


@dataclass(frozen=True, slots=True)
class Page:
    """An incident at PagerDuty."""

    id: str
    title: str
    priority: str
    service: Service
    on_call: Person
    created_at: datetime

    @property
    def url(self) -> str:
        """Its page at PagerDuty."""
        return f"{_PAGERDUTY}/incidents/{self.id}"


def page(event: str, event_id: str, incident: Page, at: datetime, agent: Person | None) -> Body:
    """The event of a page that was triggered, acknowledged or resolved.

    `agent` is who did it; None where PagerDuty's own integration did.
    """
    return {
        "event": {
            "id": event_id,
            "event_type": f"incident.{event}",
            "resource_type": "incident",
            "occurred_at": _milliseconds(at),
            "agent": _user(agent) if agent else _service(incident.service),
            "client": None,
            "data": {
                "id": incident.id,
                "type": "incident",
                "self": f"https://api.pagerduty.com/incidents/{incident.id}",
                "html_url": incident.url,
                "status": event,
                "incident_key": incident.id.lower(),
                "created_at": _seconds(incident.created_at),
                "title": incident.title,
                "service": _service(incident.service),
                "assignees": [] if event == "resolved" else [_user(incident.on_call)],
                "priority": {
                    "id": "PSO75BM",
                    "type": "priority_reference",
                    "summary": incident.priority,
                },
                "urgency": "high",
                "resolve_reason": None,
            },
        }
    }


def _user(person: Person) -> Body:
    return {
        "id": person.pagerduty,
        "type": "user_reference",
        "summary": person.name,
        "html_url": f"{_PAGERDUTY}/users/{person.pagerduty}",
    }


def _service(service: Service) -> Body:
    return {
        "id": service.pagerduty,
        "type": "service_reference",
        "summary": service.name,
        "html_url": f"{_PAGERDUTY}/services/{service.pagerduty}",
    }


def _seconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
