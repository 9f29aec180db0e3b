"""The types of the plain Strawberry peer: dataclasses, and a resolver for each edge."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NewType
from uuid import UUID

import strawberry

if TYPE_CHECKING:
    from tests.bench.plain_loaders import Loaders

Moment = NewType("Moment", datetime)
Duration = NewType("Duration", timedelta)


@strawberry.enum
class Severity(StrEnum):
    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"


@strawberry.type
class Service:
    slug: str
    name: str


@strawberry.type
class Person:
    name: str


@strawberry.type
class TimelineEntry:
    id: strawberry.ID
    kind: str
    occurred_at: Moment
    body: str
    source: str
    actor_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def actor(self, info: strawberry.Info) -> Person | None:
        loaders: Loaders = info.context
        return await loaders.person.load(self.actor_id) if self.actor_id else None


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Timeline:
    nodes: list[TimelineEntry]
    page_info: PageInfo


@strawberry.type
class Evidence:
    kind: str
    detail: str
    contribution: float


@strawberry.type
class Deployment:
    key: strawberry.Private[UUID]
    service_id: strawberry.Private[UUID | None]
    repository: str
    sha: str
    environment: str
    status: str
    finished_at: Moment | None

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(f"dep_{self.key.hex}")

    @strawberry.field
    async def service(self, info: strawberry.Info) -> Service | None:
        loaders: Loaders = info.context
        return await loaders.service.load(self.service_id) if self.service_id else None

    @strawberry.field
    async def incidents(self, info: strawberry.Info, min_probability: float) -> list[Attributed]:
        loaders: Loaders = info.context
        return await loaders.suspected.load((self.key, min_probability))


@strawberry.type
class Attributed:
    probability: float
    verdict: str | None
    incident_id: strawberry.Private[UUID]

    @strawberry.field
    async def incident(self, info: strawberry.Info) -> Incident | None:
        loaders: Loaders = info.context
        return await loaders.incident.load(self.incident_id)


@strawberry.type
class Candidate:
    rank: int
    probability: float
    evidence: list[Evidence]
    deployment_id: strawberry.Private[UUID]

    @strawberry.field
    async def deployment(self, info: strawberry.Info) -> Deployment | None:
        loaders: Loaders = info.context
        return await loaders.deployment.load(self.deployment_id)


@strawberry.type
class Attribution:
    not_a_deployment: float
    incident_id: strawberry.Private[UUID]

    @strawberry.field
    async def candidates(self, info: strawberry.Info, first: int) -> list[Candidate]:
        loaders: Loaders = info.context
        return await loaders.candidates.load((self.incident_id, first))


@strawberry.type
class Why:
    depth: int
    question: str
    answer: str
    systemic: bool


@strawberry.type
class WhyChain:
    complete: bool
    incident_id: strawberry.Private[UUID]

    @strawberry.field
    async def nodes(self, info: strawberry.Info) -> list[Why]:
        loaders: Loaders = info.context
        return await loaders.whys.load(self.incident_id)


@strawberry.type
class ActionItem:
    title: str
    state: str
    priority: str
    due_on: date
    owner_id: strawberry.Private[UUID]

    @strawberry.field
    async def owner(self, info: strawberry.Info) -> Person | None:
        loaders: Loaders = info.context
        return await loaders.person.load(self.owner_id)


@strawberry.type
class ActionItems:
    nodes: list[ActionItem]


@strawberry.type
class Incident:
    key: strawberry.Private[UUID]
    number: int
    title: str
    severity: Severity
    status: str
    declared_at: Moment
    resolved_at: Moment | None
    time_to_resolve: Duration | None
    why_complete: strawberry.Private[bool]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(f"inc_{self.key.hex}")

    @strawberry.field
    async def services(self, info: strawberry.Info) -> list[Service]:
        loaders: Loaders = info.context
        return await loaders.services.load(self.key)

    @strawberry.field
    async def timeline(self, info: strawberry.Info, first: int) -> Timeline:
        loaders: Loaders = info.context
        return await loaders.timeline.load((self.key, first))

    @strawberry.field
    async def attribution(self, info: strawberry.Info) -> Attribution | None:
        loaders: Loaders = info.context
        return await loaders.attribution.load(self.key)

    @strawberry.field
    def why_chain(self) -> WhyChain:
        return WhyChain(complete=self.why_complete, incident_id=self.key)

    @strawberry.field
    async def action_items(self, info: strawberry.Info, first: int) -> ActionItems:
        loaders: Loaders = info.context
        return await loaders.action_items.load((self.key, first))
