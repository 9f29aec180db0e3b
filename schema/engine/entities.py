"""Entities: rows to which other services of a supergraph refer, as Apollo Federation 2 has it.

https://www.apollographql.com/docs/federation/subgraph-spec

Types with `keys=` are entities. They need no resolver: a reference is a row named by its key.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, TypeAlias

import strawberry
from sqlalchemy import Column
from strawberry.utils.str_converters import to_camel_case

from schema.engine.declare import ColumnField, NodeIdField, resolved
from schema.engine.errors import BadReference, DeclarationError
from schema.engine.pages import PageInfo
from schema.engine.references import Reference, ReferencesField
from schema.engine.row import REGISTRY, KeyPart, RowField, RowType, row_fields
from schema.engine.scalars import Representation
from schema.engine.statement import Naming

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", '
    'import: ["@key", "@shareable"])'
)
_HEAD = re.compile(r"^type (\w+)[^{]*", re.MULTILINE)
"""The words before the fields of a type in SDL."""

_Entity: TypeAlias = Any
"""What `seal` takes `_Entity` in annotations for: the union of all entities."""


def entities() -> dict[str, RowType]:
    """The types of entities, by name."""
    return {name: spec for name, spec in REGISTRY.items() if spec.keys}


def union_of_entities() -> Any:
    """The type of what a representation names; None where there are no entities."""
    types: list[Any] = [spec.cls for _, spec in sorted(entities().items())]
    about = "A type to which other services of a supergraph refer."
    named = strawberry.union("_Entity", description=about)
    return Annotated[reduce(or_, types), named] if types else None


# ── keys ─────────────────────────────────────────────────────────────────────


def sealed_keys(spec: RowType) -> list[tuple[KeyPart, ...]]:
    """The keys of a type, with the columns that its fields read.

    Raises:
        DeclarationError: one of them cannot name a row.
    """
    fields = {each.python_name: each for each in row_fields(spec.cls)}
    return [tuple(_part(spec, name, fields.get(name)) for name in key) for key in spec.keys]


def _part(spec: RowType, name: str, declared: RowField | None) -> KeyPart:
    if isinstance(declared, NodeIdField):
        return KeyPart(name, spec.key, lambda value: spec.key_named(str(value)))
    column = declared.expression if isinstance(declared, ColumnField) else None
    read = _READERS.get(declared.inner) if declared else None
    if not isinstance(column, Column) or column.nullable or read is None:
        raise DeclarationError(
            f"{spec.name}: {name} is no key: it has to be a column of text or numbers, never null."
        )
    return KeyPart(to_camel_case(name), column, read)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not -(2**31) <= value < 2**31:
        raise TypeError
    return value


_READERS: Mapping[Any, Callable[[Any], Any]] = {str: _text, int: _number}
"""The types that a field of a key may have, each with its reader."""


# ── references ───────────────────────────────────────────────────────────────


def read_representation(representation: Any) -> Reference:
    """The row that a representation names, by the first of its type's keys that it holds.

    Raises:
        BadReference: it names none.
        BadId: its id is none of its type's.
    """
    if not isinstance(representation, dict):
        raise BadReference("A representation is an object with a __typename and a key.")
    name = representation.get("__typename")
    spec = entities().get(name) if isinstance(name, str) else None
    if spec is None:
        raise BadReference(f"Its __typename has to be one of: {', '.join(sorted(entities()))}.")
    for key in spec.named_by:
        given = [representation.get(part.name) for part in key]
        if all(value is not None for value in given):
            return _reference(spec, key, given)
    keys = ", or ".join(" and ".join(part.name for part in key) for key in spec.named_by)
    raise BadReference(f"{spec.name} is named by: {keys}.")


def _reference(spec: RowType, key: Sequence[KeyPart], given: Sequence[Any]) -> Reference:
    values = []
    for part, value in zip(key, given, strict=True):
        try:
            values.append(part.read(value))
        except TypeError:
            raise BadReference(f"{spec.name} has no {part.name} like this one.") from None
    return Reference(Naming(spec, tuple(part.column.name for part in key)), tuple(values))


class EntitiesField(ReferencesField):
    """The entities that representations name."""

    def __init__(self, description: str) -> None:
        about = "Objects with a `__typename` and the fields of one of its keys"
        super().__init__(description, "representations", Representation, about)
        self.graphql_name = "_entities"

    def reference(self, written: Any) -> Reference:
        """The row that a representation names."""
        return read_representation(written)


# ── the subgraph ─────────────────────────────────────────────────────────────


@cache
def subgraph_sdl(schema: strawberry.Schema) -> str:
    """The schema as a supergraph is composed with it: linked, its entities with their keys.

    `PageInfo` is every Relay API's, so other subgraphs may have it too.
    """
    marks = {spec.name: f"{_keys_in_words(spec)} " for spec in entities().values()}
    marks[PageInfo.__name__] = "@shareable "

    def marked(head: re.Match[str]) -> str:
        return head[0] + marks.get(head[1], "")

    return f"{_LINK}\n\n{_HEAD.sub(marked, schema.as_str())}\n"


def _keys_in_words(spec: RowType) -> str:
    fields = (" ".join(part.name for part in key) for key in spec.named_by)
    return " ".join(f'@key(fields: "{each}")' for each in fields)


@strawberry.type(name="_Service", description="This service, as a part of a supergraph.")
class Service:
    sdl: str = strawberry.field(description="Its schema, with the keys of its entities.")


def _entities(description: str) -> Any:
    return EntitiesField(description)


@strawberry.type
class EntityQueries:
    @resolved("This service, for whoever composes a supergraph.", name="_service")
    def subgraph(self, info: strawberry.Info) -> Service:
        return Service(sdl=subgraph_sdl(info.schema))

    entities: "list[_Entity | None]" = _entities(
        "What other services of a supergraph refer to, in the order of the representations."
    )
