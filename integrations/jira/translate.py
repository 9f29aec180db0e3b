"""Jira's issues in the words of the post-mortem. Pure: JSON in, observations out.

A webhook and an answer of the REST API carry the same issue; a webhook has beside it what changed
just now, an answer within it everything that ever did.
https://developer.atlassian.com/server/jira/platform/webhooks/ describes the bodies.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from integrations.contract import Malformed
from integrations.jira.account import Account
from integrations.jira.state import state_of
from integrations.observation import Moment, Observations, PersonRef, TicketObserved, TicketState
from integrations.payload import (
    NAME_LIMIT,
    TITLE_LIMIT,
    URL_LIMIT,
    JsonObject,
    digest_of,
)

PROVIDER = "jira"
LABEL = "whychain"
"""The label and the property of every ticket that was created from here."""

READ = "issue.read"
"""Our name for an issue that was asked for."""

_MARKER = f"{LABEL}-"
_LABELS_LIMIT = 500
_HISTORY_LIMIT = 10_000
_ITEMS_LIMIT = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MILLISECONDS = 32_503_680_000_000
_CREATED = "jira:issue_created"
_DELETED = "jira:issue_deleted"


class Rank(IntEnum):
    """What comes first where an issue was updated in the same millisecond."""

    CREATED = 0
    UPDATED = 10
    READ = 20
    DELETED = 30


_RANKS = {
    _CREATED: Rank.CREATED,
    "jira:issue_updated": Rank.UPDATED,
    _DELETED: Rank.DELETED,
    READ: Rank.READ,
}


@dataclass(frozen=True, slots=True)
class Changes:
    """When fields were last set, by name; `otherwise` is when one was set that is not named."""

    at: Mapping[str, datetime] = field(default_factory=dict)
    otherwise: datetime | None = None

    def of(self, *names: str) -> datetime | None:
        """When any of these fields was last set, where that is known."""
        known = [self.at[name] for name in names if name in self.at]
        return max(known, default=self.otherwise)


def observations(event: str, payload: JsonObject, digest: str, account: Account) -> Observations:
    """What one event says of a ticket; nothing where it is none, or of a kind we do not follow.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    if event not in _RANKS:
        return ()
    issue = payload.object("issue")
    if marker_of(issue) is None:
        return ()
    return (ticket(event, payload, digest, account),)


def address_of(payload: JsonObject) -> str | None:
    """What Jira calls the address of an event's issue, which names its site."""
    issue = payload.fields.get("issue")
    return JsonObject(issue).web_url("self") if isinstance(issue, dict) else None


def ticket(event: str, payload: JsonObject, digest: str, account: Account) -> TicketObserved:
    """The issue of an event, be it a ticket of ours or not."""
    issue = payload.object("issue")
    fields = issue.object("fields")
    at = _at(event, payload, fields)
    changes = _changes(event, payload, at)
    key = issue.identity("key")
    status, state = _standing(event, fields, account)
    due_on = _day(fields)
    return TicketObserved(
        moment=Moment(at, _RANKS[event].value, digest),
        external_id=issue.identity("id"),
        key=key,
        url=_address(issue, key, account),
        title=fields.prose("summary", TITLE_LIMIT) or key,
        status=status,
        state=state,
        marker=marker_of(issue),
        assignee=_person(fields),
        due_on=due_on,
        priority=_named(fields, "priority"),
        state_at=at if event == _DELETED else changes.of("status", "resolution"),
        assigned_at=changes.of("assignee"),
        due_at=changes.of("duedate"),
    )


def marker_of(issue: JsonObject) -> str | None:
    """What the ticket was created with: a label, else the property, which no hand removes."""
    fields = issue.object_or_none("fields")
    labels = fields.items("labels", _LABELS_LIMIT) if fields else ()
    marked = [each for each in labels if isinstance(each, str) and each.startswith(_MARKER)]
    properties = issue.object_or_none("properties")
    kept = properties.object_or_none(LABEL) if properties else None
    found = JsonObject({"marker": marked[0] if marked else None}, "labels")
    return found.identity_or_none("marker") or (kept.identity_or_none("marker") if kept else None)


def _at(event: str, payload: JsonObject, fields: JsonObject) -> datetime:
    """When the issue was as it is told; of a deletion it does not know itself."""
    updated = fields.instant_or_none("updated")
    return updated if updated and event != _DELETED else _timestamp(payload)


def _timestamp(payload: JsonObject) -> datetime:
    """Jira's own time of an event, in milliseconds."""
    milliseconds = int(payload.numeric_id("timestamp"))
    if milliseconds >= _LATEST_MILLISECONDS:
        raise Malformed("timestamp is no time in milliseconds")
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _changes(event: str, payload: JsonObject, at: datetime) -> Changes:
    issue = payload.object("issue")
    created = issue.object("fields").instant_or_none("created")
    if event == READ:
        return _of_history(issue.object_or_none("changelog"), created)
    if event == _CREATED:
        return Changes(otherwise=created)
    entry = payload.object_or_none("changelog")
    return Changes(dict.fromkeys(_changed(entry), at) if entry else {})


def _of_history(history: JsonObject | None, created: datetime | None) -> Changes:
    """What a changelog tells; of one that is whole, that the rest is as it was created."""
    if history is None:
        return Changes()
    at: dict[str, datetime] = {}
    entries = history.objects("histories", _HISTORY_LIMIT)
    for entry in entries:
        changed_at = entry.instant("created")
        at |= {name: max(changed_at, at.get(name, changed_at)) for name in _changed(entry)}
    is_whole = history.whole("total", default=len(entries) + 1) <= len(entries)
    return Changes(at, created if is_whole else None)


def _changed(entry: JsonObject) -> list[str]:
    """The fields that one entry of a changelog changes; Server has no ids of them."""
    items = entry.objects("items", _ITEMS_LIMIT)
    return [
        each.prose("fieldId", NAME_LIMIT) or each.prose("field", NAME_LIMIT) or "" for each in items
    ]


def _standing(event: str, fields: JsonObject, account: Account) -> tuple[str, TicketState]:
    """Its status and state. What was deleted before it was done will not be done there."""
    status, state = fields.object("status").identity("name"), state_of(fields, account)
    if event != _DELETED:
        return status, state
    return "Deleted", state if state is TicketState.DONE else TicketState.DROPPED


def _address(issue: JsonObject, key: str, account: Account) -> str:
    """Where a browser opens it: at the site that was configured, else at that of the issue."""
    base = account.base_url or (issue.web_url("self") or "").partition("/rest/")[0]
    if not base:
        raise Malformed("issue.self is no address")
    return f"{base}/browse/{quote(key, safe='')}"[:URL_LIMIT]


def _day(fields: JsonObject) -> date | None:
    written = fields.identity_or_none("duedate")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Malformed("fields.duedate must be a day: 2026-01-31") from None


def _named(fields: JsonObject, name: str) -> str | None:
    """The name of a field's value. Anything else would be a field of the site's own making."""
    value = fields.object_or_none(name)
    return value.prose("name", NAME_LIMIT) if value else None


def _person(fields: JsonObject) -> PersonRef | None:
    user = fields.object_or_none("assignee")
    if user is None or user.prose("accountType", NAME_LIMIT) == "app":
        return None
    account_id = user.identity_or_none("accountId")
    handle = user.identity_or_none("name")
    return PersonRef(
        provider=PROVIDER,
        # A key outlives the name, which may be changed, and Cloud has neither any more.
        external_id=account_id or user.identity_or_none("key") or user.identity("name"),
        handle=None if account_id else handle,
        name=user.prose("displayName", NAME_LIMIT),
        email=user.identity_or_none("emailAddress"),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """An issue that was asked for, as the event that tells of it; `body` is what is kept of it."""

    payload: JsonObject
    body: bytes

    def ticket(self, account: Account) -> TicketObserved:
        """What it says of the issue, be it a ticket of ours or not."""
        return ticket(READ, self.payload, digest_of(self.body), account)

    def observations(self, account: Account) -> Observations:
        """What it says of a ticket."""
        return observations(READ, self.payload, digest_of(self.body), account)


def reading_of(issue: Any) -> Reading:
    """An issue of an answer."""
    payload = {"issue": issue}
    return Reading(JsonObject(payload), json.dumps(payload, sort_keys=True).encode())
