"""Deployments, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.engine.conditions import Filter, Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.pages import Connection
from schema.engine.roots import Key, lookup
from schema.engine.row import Row
from schema.engine.words import words
from schema.fields import (
    Direction,
    UserError,
    given,
    idempotency_key,
    key_or_none,
    may_read_deployments,
    mutation,
    needed,
    optional,
    user_errors,
)
from schema.person import Person
from schema.pull_request import PullRequest
from server.commands import deployment as deployments
from server.domain.attribution import VerdictKind
from server.domain.deployment import DeploymentStatus
from server.store import tables as t
from server.store.redirect import standing_deployment
from server.store.views import deployment as views
from server.store.views.sight import SEES_DEPLOYMENTS, SEES_INCIDENTS, told
from server.term import Term

if TYPE_CHECKING:
    from schema.incident import Incident
    from schema.service import Service

words()(DeploymentStatus)
words()(VerdictKind)


@rows(
    t.suspect,
    key=t.suspect.c.incident_id,
    visible=SEES_INCIDENTS,
    order=[t.suspect.c.probability.desc()],
)
class Attributed(Row):
    """An incident that a deployment is suspected of."""

    incident: Incident = one("The incident.", t.suspect.c.incident_id)
    probability: float = column("How likely, from 0 to 1; 1 where a person said so.")
    verdict: VerdictKind | None = column("A person's word, if there is one.")


@rows(
    t.deployment,
    prefix="dep",
    visible=SEES_DEPLOYMENTS,
    allow=may_read_deployments,
    order=[t.deployment.c.effective_at.desc()],
    keys=[("id",), ("repository", "sha", "environment")],
    standing=standing_deployment,
)
class Deployment(Node):
    """A change that reached, or was to reach, an environment."""

    service: Service | None = one("The service it changed.", t.deployment.c.service_id)
    repository: str = column("The repository, owner/name.")
    sha: str = column(
        "The commit that was deployed; the image's digest where its source tells no commit."
    )
    ref: str | None = column("The branch or tag it was deployed from.", told(t.deployment.c.ref))
    environment: str = column("Where to, as the source names it.")
    status: DeploymentStatus = column("How far it has come.")
    started_at: datetime | None = column("When it began.")
    finished_at: datetime | None = column("When it ended, well or not.")
    deployer: Person | None = one(
        "Who deployed it; null for an automation.", t.deployment.c.deployer_id
    )
    url: str | None = column("Where the source shows it.")
    rollback_of: Deployment | None = one(
        "The deployment that this one took back.", t.deployment.c.rollback_of_id
    )
    pull_requests: list[PullRequest] = many(
        "What it brought.",
        through=(
            t.deployment_pull_request.c.deployment_id,
            t.deployment_pull_request.c.pull_request_id,
        ),
        order=[t.pull_request.c.number],
    )
    incidents: list[Attributed] = many(
        "The incidents it is suspected of; a verdict that says otherwise removes one.",
        via=t.suspect.c.deployment_id,
        filters={
            "min_probability": Filter(
                float, "Only from this probability on, 0 to 1.", views.SUSPECTED, 0.5
            )
        },
    )


@strawberry.input(description="Which deployments; all members given must hold.")
class DeploymentWhere:
    services: list[str] | None = optional("Of one of these services, by slug.")
    repositories: list[str] | None = optional("Of one of these repositories, owner/name.")
    environments: list[str] | None = optional("To one of these environments.")
    status: list[DeploymentStatus] | None = optional("In one of these statuses.")
    finished_after: datetime | None = optional("Finished after this time.")
    finished_before: datetime | None = optional("Finished before this time.")


class DeploymentOrderField(Term):
    """What deployments are ordered by."""

    FINISHED_AT = "FINISHED_AT", "When it finished; until then when it began, or was asked for."


words()(DeploymentOrderField)


@strawberry.input(description="An order of deployments.")
class DeploymentOrder:
    field: DeploymentOrderField = needed("What by.")
    direction: Direction = needed("Which way.")


FINISHED = Sorts(DeploymentOrder, {"FINISHED_AT": t.deployment.c.effective_at}, descending=True)


@strawberry.type
class DeploymentQueries:
    deployment: Deployment | None = lookup(
        "One deployment, by its id, or by repository and sha. Of several of one commit: "
        "production's, else the newest.",
        keys={
            "repository": Key(str, "The repository, owner/name.", views.BY_REPOSITORY),
            "sha": Key(str, "The whole sha of the commit.", views.BY_SHA),
            "environment": Key(str, "Only this environment.", views.BY_ENVIRONMENT),
        },
        ways=[("id",), ("repository", "sha")],
        optional=["environment"],
        prefer=views.PREFERRED,
    )
    deployments: Connection[Deployment] | None = connection(
        "Deployments, the newest first.",
        sorts=FINISHED,
        where=Where(DeploymentWhere, views.DEPLOYMENTS),
    )


@strawberry.input(
    description="A deployment by anything. Where a source tells of it too, it is that one: what "
    "is said here stands, and what is left out the source fills in."
)
class RecordDeploymentInput:
    service: str | None = optional("The service's slug; by default the repository's owner.")
    repository: str = needed("The repository, owner/name.")
    sha: str = needed("The commit that was deployed.")
    ref: str | None = optional("The branch or tag.")
    environment: str | None = optional("Where to; production by default.")
    status: DeploymentStatus = needed("How far it has come.")
    started_at: datetime | None = optional("When it began.")
    finished_at: datetime | None = optional("When it ended.")
    url: str | None = optional("Where to look at it.")
    deployer: strawberry.ID | None = optional("Who deployed it: a Person's id.")
    pull_requests: list[int] | None = optional("The numbers of the pull requests it brought.")
    external_id: str | None = optional(
        "Its id where it comes from: recorded again under it, the same deployment changes."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What became of it.")
class RecordDeploymentPayload:
    deployment: Deployment | None = ref("The deployment, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class DeploymentMutations:
    @mutation("Record a deployment, or the next step of one.")
    async def record_deployment(
        self,
        info: strawberry.Info,
        input: RecordDeploymentInput,  # noqa: A002  # GraphQL's name
    ) -> RecordDeploymentPayload | None:
        command = deployments.Record(
            repository=input.repository,
            sha=input.sha,
            status=input.status,
            environment=given(input.environment),
            service=given(input.service),
            ref=given(input.ref),
            started_at=given(input.started_at),
            finished_at=given(input.finished_at),
            url=given(input.url),
            deployer=key_or_none("Person", input.deployer, "deployer"),
            pull_requests=tuple(given(input.pull_requests) or ()),
            external_id=given(input.external_id),
        )
        context = info.context
        deployment_id = await deployments.record(
            context.office, context.viewer, command, given(input.idempotency_key)
        )
        return RecordDeploymentPayload(deployment=Deployment.keyed(deployment_id))
