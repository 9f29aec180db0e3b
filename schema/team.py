"""Teams, as the API shows them."""

from __future__ import annotations

import strawberry

from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.pages import Connection
from schema.fields import (
    UserError,
    given,
    key_or_none,
    may_read_deployments,
    mutation,
    needed,
    optional,
    user_errors,
)
from schema.person import Person
from server.commands import team as teams
from server.store import tables as t
from server.store.views.people import person_name
from server.store.views.sight import SEES_DEPLOYMENTS


@rows(t.team, prefix="tea", visible=SEES_DEPLOYMENTS, allow=may_read_deployments)
class Team(Node):
    """A team: it owns services, and its people own action items."""

    slug: str = column("Its short name in addresses and filters.")
    name: str = column("Its name.")
    lead: Person | None = one("Who leads it.", t.team.c.lead_id)
    members: list[Person] = many("Its people.", via=t.person.c.team_id, order=[person_name])


@strawberry.type
class TeamQueries:
    teams: Connection[Team] | None = connection(
        "Teams, by name.",
        sorts=Sorts(None, {"NAME": t.team.c.name}, descending=False),
        backward=False,
    )


@strawberry.input(description="A team to create or to change.")
class UpsertTeamInput:
    slug: str = needed("Its short name; the team of this slug is changed, or made.")
    name: str | None = optional("Its name; the slug by default.")
    lead: strawberry.ID | None = optional("Who leads it: a Person's id.")


@strawberry.type(description="What became of it.")
class UpsertTeamPayload:
    team: Team | None = ref("The team, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class TeamMutations:
    @mutation("Create a team, or change the one of this slug.")
    async def upsert_team(
        self,
        info: strawberry.Info,
        input: UpsertTeamInput,  # noqa: A002  # GraphQL's name
    ) -> UpsertTeamPayload | None:
        lead = key_or_none("Person", input.lead, "lead")
        command = teams.Upsert(slug=input.slug, name=given(input.name), lead=lead)
        context = info.context
        team_id = await teams.upsert(context.office, context.viewer, command)
        return UpsertTeamPayload(team=Team.keyed(team_id))
