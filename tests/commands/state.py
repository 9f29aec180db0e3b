"""The state as facts: what a database holds, without our ids, sequences, versions and times."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from server.store import tables
from server.store.database import Row
from tests.commands.stored import Stored

Facts = dict[Any, Any]

_OURS = {
    "id", "number", "sequence", "created_at", "updated_at", "recorded_at", "computed_at", "slug",
    "version",
}  # fmt: skip


class State:
    """Everything that is stored, by the names that sources have for it."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self._rows = rows
        self._names: dict[UUID, Any] = {}
        for name, key in _KEYS.items():
            self._names |= {row["id"]: (name, key(row)) for row in rows[name]}
        for row in rows["deployment_redirect"]:
            self._names[row["id"]] = self._names[row["deployment_id"]]
        for row in rows["identity"]:
            self._names[row["person_id"]] = (row["provider"], row["external_id"])
        for row in rows["service_source"]:
            self._names[row["service_id"]] = (row["source"], row["external_id"])

    def facts(self) -> Facts:
        """All of it, comparable."""
        return {
            name: sorted(
                (self._plain(name, row) for row in rows if not row.get("retracted")), key=repr
            )
            for name, rows in self._rows.items()
            if name not in _ROUTES
        }

    def _plain(self, table: str, row: Row) -> Facts:
        keep = {"number"} if table == "pull_request" else set()
        return {
            name: self._named(value)
            for name, value in row.items()
            if name not in _OURS or name in keep
        }

    def _named(self, value: Any) -> Any:
        """Our ids by the names that they stand for, wherever they are."""
        if isinstance(value, UUID):
            return self._names[value]
        if isinstance(value, str) and value.startswith("deployment:"):
            return self._names[UUID(value.removeprefix("deployment:"))]
        return value


_KEYS: dict[str, Callable[[Row], Any]] = {
    "deployment": lambda row: (row["source"], row["external_id"]),
    "incident": lambda row: (row["source"], row["external_id"]),
    "pull_request": lambda row: (row["repository"], row["number"]),
}

_ROUTES = {"deployment_redirect"}
"""What came to be another row on the way: no part of the state, but its names may stand in it."""

_TABLES: Iterable[Table] = (
    tables.person,
    tables.identity,
    tables.service,
    tables.service_source,
    tables.deployment,
    tables.deployment_source,
    tables.deployment_recorded,
    tables.deployment_redirect,
    tables.deployment_commit,
    tables.deployment_pull_request,
    tables.pull_request,
    tables.pull_request_dependency,
    tables.push,
    tables.incident,
    tables.incident_service,
    tables.responder,
    tables.timeline_entry,
    tables.attribution,
    tables.attribution_candidate,
    tables.suspect,
)


async def state_of(stored: Stored) -> Facts:
    """What is stored now, as facts."""
    return State({each.name: await stored.rows(each) for each in _TABLES}).facts()
