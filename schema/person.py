"""People, as the API shows them: by name to those who may see it, by role to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from schema.engine.conditions import Filter
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref
from schema.engine.pages import Connection
from schema.engine.row import Row
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
from server.commands import person as people
from server.store import tables as t
from server.store.views import people as views
from server.store.views.sight import SEES_DEPLOYMENTS, SEES_PEOPLE

if TYPE_CHECKING:
    from schema.team import Team


@rows(
    t.identity,
    key=t.identity.c.person_id,
    visible=SEES_PEOPLE,
    order=[t.identity.c.provider, t.identity.c.external_id],
)
class Identity(Row):
    """How another system knows a person. Only for viewers with `people:read`."""

    provider: str = column("The other system: github, pagerduty, jira, slack.")
    external_id: str = column("The id there.")
    handle: str | None = column("The handle there, without @.")


@rows(t.person, prefix="per", visible=SEES_DEPLOYMENTS, allow=may_read_deployments)
class Person(Node):
    """A person. Without `people:read`: a role in the place of the name, and nothing else."""

    name: str = column("The name, or the role that stands for it.", views.person_name)
    email: str | None = column("The e-mail address.", views.person_email)
    nicknames: list[str] = column("What others call them, by letter.", views.person_nicknames)
    team: Team | None = one("The team.", views.person_team_id)
    identities: list[Identity] = many(
        "How other systems know this person.", via=t.identity.c.person_id
    )


BY_NAME = Sorts(None, {"NAME": views.person_name}, descending=False)


@strawberry.type
class PersonQueries:
    people: Connection[Person] | None = connection(
        "People, by name.",
        sorts=BY_NAME,
        filters={
            "search": Filter(str | None, "Only names that contain this.", views.PEOPLE["search"])
        },
        backward=False,
    )


@strawberry.input(description="How another system knows a person.")
class IdentityInput:
    provider: str = needed("The other system: github, pagerduty, jira, slack.")
    external_id: str = needed("The id there.")
    handle: str | None = optional("The handle there, without @.")


@strawberry.input(description="A person to create or to change.")
class UpsertPersonInput:
    id: strawberry.ID | None = optional("The person to change; else found by e-mail or identity.")
    name: str = needed("The name.")
    email: str | None = optional("The e-mail address.")
    team: str | None = optional("The slug of the team.")
    nicknames: list[str] | None = optional(
        "What others call them: replaced in texts as the name is. Short forms are known: no Liz "
        "for an Elizabeth. Leave out to keep."
    )
    identities: list[IdentityInput] | None = optional(
        "How other systems know this person; people made from these identities are merged."
    )


@strawberry.type(description="What became of it.")
class UpsertPersonPayload:
    person: Person | None = ref("The person, as it is now.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class PersonMutations:
    @mutation("Create a person, or change one; people known under two identities become one.")
    async def upsert_person(
        self,
        info: strawberry.Info,
        input: UpsertPersonInput,  # noqa: A002  # GraphQL's name
    ) -> UpsertPersonPayload | None:
        command = people.Upsert(
            name=input.name,
            id=key_or_none("Person", input.id, "id"),
            email=given(input.email),
            team=given(input.team),
            nicknames=None if (called := given(input.nicknames)) is None else tuple(called),
            identities=tuple(
                people.Identity(each.provider, each.external_id, given(each.handle))
                for each in given(input.identities) or ()
            ),
        )
        context = info.context
        person_id = await people.upsert(context.office, context.viewer, command)
        return UpsertPersonPayload(person=Person.keyed(person_id))
