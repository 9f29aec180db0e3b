"""Services, as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from schema.deployment import FINISHED, Deployment
from schema.engine.conditions import Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.pages import Connection
from schema.engine.roots import Key, lookup
from schema.fields import (
    UserError,
    given,
    may_read_deployments,
    mutation,
    needed,
    optional,
    user_errors,
)
from schema.team import Team
from server.commands import service as services
from server.store import tables as t
from server.store.views import people as views
from server.store.views.sight import SEES_DEPLOYMENTS

if TYPE_CHECKING:
    from schema.incident import Incident


@rows(
    t.service,
    prefix="svc",
    visible=SEES_DEPLOYMENTS,
    allow=may_read_deployments,
    order=[t.service.c.name],
    keys=[("id",), ("slug",)],
)
class Service(Node):
    """Something that runs, is deployed and can fail."""

    slug: str = column("Its short name in addresses and filters.")
    name: str = column("Its name.")
    team: Team | None = one("The team that owns it.", t.service.c.team_id)
    repositories: list[str] = column(
        "The repositories it is deployed from, owner/name.", views.service_repositories
    )
    pagerduty_services: list[str] = column(
        "The ids of its PagerDuty services.", views.service_pagerduty
    )
    depends_on: list[Service] = many(
        "The services it needs.",
        through=(t.service_dependency.c.service_id, t.service_dependency.c.depends_on_id),
    )
    deployments: Connection[Deployment] | None = connection(
        "Its deployments, the newest first.",
        via=t.deployment.c.service_id,
        sorts=FINISHED,
        orderable=False,
        backward=False,
    )
    incidents: Connection[Incident] | None = connection(
        "The incidents it had a part in, the newest first.",
        through=(t.incident_service.c.service_id, t.incident_service.c.incident_id),
        sorts=Sorts(None, {"DECLARED_AT": t.incident.c.declared_at}, descending=True),
        backward=False,
    )


@strawberry.input(description="Which services; all members given must hold.")
class ServiceWhere:
    teams: list[str] | None = optional("Owned by one of these teams, by slug.")
    search: str | None = optional("Whose name or slug contains this.")


@strawberry.type
class ServiceQueries:
    service: Service | None = lookup(
        "One service.",
        keys={"slug": Key(str, "Its slug.", views.SERVICE_BY_SLUG)},
        ways=[("slug",)],
    )
    services: Connection[Service] | None = connection(
        "Services, by name.",
        sorts=Sorts(None, {"NAME": t.service.c.name}, descending=False),
        where=Where(ServiceWhere, views.SERVICES),
    )


@strawberry.input(description="A service to create or to change; lists replace what was there.")
class UpsertServiceInput:
    slug: str = needed("Its short name; the service of this slug is changed, or made.")
    name: str | None = optional(
        "Its name; by default the repository's name, or the PagerDuty service's summary."
    )
    team: str | None = optional("The slug of the team that owns it.")
    repositories: list[str] | None = optional("The repositories it is deployed from, owner/name.")
    pagerduty_services: list[str] | None = optional("The ids of its PagerDuty services.")
    depends_on: list[str] | None = optional("The slugs of the services it needs.")


@strawberry.type(description="What became of it.")
class UpsertServicePayload:
    service: Service | None = ref("The service, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class ServiceMutations:
    @mutation(
        "Create a service, or change the one of this slug. Services that were made from its "
        "repositories or PagerDuty services under other names are merged into it."
    )
    async def upsert_service(
        self,
        info: strawberry.Info,
        input: UpsertServiceInput,  # noqa: A002  # GraphQL's name
    ) -> UpsertServicePayload | None:
        command = services.Upsert(
            slug=input.slug,
            name=given(input.name),
            team=given(input.team),
            repositories=_listed(input.repositories),
            pagerduty_services=_listed(input.pagerduty_services),
            depends_on=_listed(input.depends_on),
        )
        context = info.context
        service_id = await services.upsert(context.office, context.viewer, command)
        return UpsertServicePayload(service=Service.keyed(service_id))


def _listed(value: list[str] | None) -> tuple[str, ...] | None:
    wanted = given(value)
    return None if wanted is None else tuple(wanted)
