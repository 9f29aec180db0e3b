"""The viewer, as the API shows them to themselves."""

from __future__ import annotations

import strawberry

from schema.engine.declare import resolved
from schema.engine.edges import ref
from schema.person import Person


@strawberry.type(description="Whoever sent this request.")
class Viewer:
    person: Person | None = ref("The person behind the token, if it belongs to one.")
    name: str = strawberry.field(description="The token's name.")
    scopes: list[str] = strawberry.field(description="The rights it carries.")


@strawberry.type
class ViewerQueries:
    @resolved("You, as the server knows you.")
    def viewer(self, info: strawberry.Info) -> Viewer | None:
        known = info.context.viewer
        person = Person.keyed(known.person_id) if known.person_id else None
        return Viewer(person=person, name=known.name, scopes=sorted(known.scopes))
