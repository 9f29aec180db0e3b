"""The loaders of the plain Strawberry peer: one DataLoader, and one statement, for each edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

import asyncpg
import strawberry
from strawberry.dataloader import DataLoader

from schema.engine.cursors import write_cursor
from tests.bench.plain_types import (
    ActionItem,
    ActionItems,
    Attributed,
    Attribution,
    Candidate,
    Deployment,
    Evidence,
    Incident,
    PageInfo,
    Person,
    Service,
    Severity,
    Timeline,
    TimelineEntry,
    Why,
)

K = TypeVar("K")
V = TypeVar("V")


class Loaders:
    """The context of one operation."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.pool = pool
        self.person = self._of(load_people)
        self.deployment = self._of(load_deployments)
        self.incident = self._of(load_incidents)
        self.service = self._of(load_service)
        self.suspected = self._of(load_suspected)
        self.services = self._of(load_services)
        self.timeline = self._of(load_timelines)
        self.attribution = self._of(load_attributions)
        self.candidates = self._of(load_candidates)
        self.whys = self._of(load_whys)
        self.action_items = self._of(load_action_items)

    def _of(
        self, load: Callable[[asyncpg.Pool[asyncpg.Record], list[K]], Awaitable[Sequence[V]]]
    ) -> DataLoader[K, V]:
        return DataLoader(load_fn=partial(load, self.pool))


Paged = tuple[UUID, int]
"""The key of a row, and how many of what belongs to it are wanted."""

Suspected = tuple[UUID, float]
"""The key of a deployment, and from which probability on it is to be suspected."""

INCIDENTS = """select id, number, title, severity, status, declared_at, resolved_at,
                      time_to_resolve, why_complete
               from incident"""
DEPLOYMENTS = """select id, service_id, repository, sha, environment, status, finished_at
                 from deployment"""


def incident_of(row: asyncpg.Record) -> Incident:
    """An incident from a row of `INCIDENTS`."""
    return Incident(
        key=row["id"],
        number=row["number"],
        title=row["title"],
        severity=Severity(row["severity"]),
        status=row["status"],
        declared_at=row["declared_at"],
        resolved_at=row["resolved_at"],
        time_to_resolve=row["time_to_resolve"],
        why_complete=row["why_complete"],
    )


def deployment_of(row: asyncpg.Record) -> Deployment:
    """A deployment from a row of `DEPLOYMENTS`."""
    return Deployment(
        key=row["id"],
        service_id=row["service_id"],
        repository=row["repository"],
        sha=row["sha"],
        environment=row["environment"],
        status=row["status"],
        finished_at=row["finished_at"],
    )


async def load_people(pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]) -> list[Person | None]:
    rows = await pool.fetch("select id, name from person where id = any($1)", keys)
    found = {row["id"]: Person(name=row["name"]) for row in rows}
    return [found.get(key) for key in keys]


async def load_deployments(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]
) -> list[Deployment | None]:
    rows = await pool.fetch(f"{DEPLOYMENTS} where id = any($1)", keys)
    found = {row["id"]: deployment_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def load_incidents(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]
) -> list[Incident | None]:
    rows = await pool.fetch(f"{INCIDENTS} where id = any($1)", keys)
    found = {row["id"]: incident_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def load_service(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]
) -> list[Service | None]:
    rows = await pool.fetch("select id, slug, name from service where id = any($1)", keys)
    found = {row["id"]: Service(slug=row["slug"], name=row["name"]) for row in rows}
    return [found.get(key) for key in keys]


async def load_suspected(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[Suspected]
) -> list[list[Attributed]]:
    rows = await pool.fetch(
        """select deployment_id, incident_id, probability, verdict from suspect
           where deployment_id = any($1) and probability >= $2
           order by probability desc, incident_id""",
        [key for key, _ in keys],
        keys[0][1],
    )
    found: defaultdict[UUID, list[Attributed]] = defaultdict(list)
    for row in rows:
        attributed = Attributed(
            probability=row["probability"],
            verdict=row["verdict"],
            incident_id=row["incident_id"],
        )
        found[row["deployment_id"]].append(attributed)
    return [found[key] for key, _ in keys]


async def load_services(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]
) -> list[list[Service]]:
    rows = await pool.fetch(
        """select incident_id, slug, name from incident_service join service on id = service_id
           where incident_id = any($1) order by name, id""",
        keys,
    )
    found: defaultdict[UUID, list[Service]] = defaultdict(list)
    for row in rows:
        found[row["incident_id"]].append(Service(slug=row["slug"], name=row["name"]))
    return [found[key] for key in keys]


async def load_timelines(pool: asyncpg.Pool[asyncpg.Record], keys: list[Paged]) -> list[Timeline]:
    first = keys[0][1]
    rows = await pool.fetch(
        """select entry.* from unnest($1::uuid[]) incident(id) cross join lateral (
             select id, incident_id, kind, occurred_at, body, source, actor_id
             from timeline_entry where incident_id = incident.id
             order by occurred_at, id limit $2) entry
           order by occurred_at, id""",
        [key for key, _ in keys],
        first + 1,
    )
    found: defaultdict[UUID, list[TimelineEntry]] = defaultdict(list)
    cursors: dict[UUID, str] = {}
    for row in rows:
        entries = found[row["incident_id"]]
        if len(entries) < first:
            cursors[row["incident_id"]] = _cursor(row)
        entries.append(
            TimelineEntry(
                id=strawberry.ID(f"ent_{row['id'].hex}"),
                kind=row["kind"],
                occurred_at=row["occurred_at"],
                body=row["body"],
                source=row["source"],
                actor_id=row["actor_id"],
            )
        )
    return [
        Timeline(
            nodes=found[key][:first],
            page_info=PageInfo(has_next_page=len(found[key]) > first, end_cursor=cursors.get(key)),
        )
        for key, _ in keys
    ]


def _cursor(row: asyncpg.Record) -> str:
    return write_cursor("TimelineEntry:OCCURRED_AT:ASC", [row["occurred_at"], row["id"]])


async def load_attributions(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]
) -> list[Attribution | None]:
    rows = await pool.fetch(
        "select incident_id, not_a_deployment from attribution where incident_id = any($1)", keys
    )
    found = {
        row["incident_id"]: Attribution(
            not_a_deployment=row["not_a_deployment"], incident_id=row["incident_id"]
        )
        for row in rows
    }
    return [found.get(key) for key in keys]


async def load_candidates(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[Paged]
) -> list[list[Candidate]]:
    rows = await pool.fetch(
        """select incident_id, deployment_id, probability, rank, evidence
           from attribution_candidate where incident_id = any($1) and rank <= $2 order by rank""",
        [key for key, _ in keys],
        keys[0][1],
    )
    found: defaultdict[UUID, list[Candidate]] = defaultdict(list)
    for row in rows:
        candidate = Candidate(
            rank=row["rank"],
            probability=row["probability"],
            evidence=[Evidence(**each) for each in row["evidence"]],
            deployment_id=row["deployment_id"],
        )
        found[row["incident_id"]].append(candidate)
    return [found[key] for key, _ in keys]


async def load_whys(pool: asyncpg.Pool[asyncpg.Record], keys: list[UUID]) -> list[list[Why]]:
    rows = await pool.fetch(
        """select incident_id, depth, question, answer, systemic from why
           where incident_id = any($1) order by depth, id""",
        keys,
    )
    found: defaultdict[UUID, list[Why]] = defaultdict(list)
    for row in rows:
        why = Why(
            depth=row["depth"],
            question=row["question"],
            answer=row["answer"],
            systemic=row["systemic"],
        )
        found[row["incident_id"]].append(why)
    return [found[key] for key in keys]


async def load_action_items(
    pool: asyncpg.Pool[asyncpg.Record], keys: list[Paged]
) -> list[ActionItems]:
    rows = await pool.fetch(
        """select item.* from unnest($1::uuid[]) incident(id) cross join lateral (
             select incident_id, title, state, priority, due_on, owner_id, id
             from action_item where incident_id = incident.id
             order by due_on, id limit $2) item
           order by due_on, id""",
        [key for key, _ in keys],
        keys[0][1],
    )
    found: defaultdict[UUID, list[ActionItem]] = defaultdict(list)
    for row in rows:
        item = ActionItem(
            title=row["title"],
            state=row["state"],
            priority=row["priority"],
            due_on=row["due_on"],
            owner_id=row["owner_id"],
        )
        found[row["incident_id"]].append(item)
    return [ActionItems(nodes=found[key]) for key, _ in keys]
