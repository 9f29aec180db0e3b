"""What arguments can be given: ids, words and cursors that are real, gathered from the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)
from sqlalchemy import Column, select

from schema.build import graphql_schema
from schema.engine import node_id
from schema.engine.entities import entities
from schema.engine.row import REGISTRY
from server.store import tables as t
from server.store.database import Database
from tests.schema.conftest import Graph

Order = tuple[str, str] | None
"""The field and the direction of an `orderBy`; None for the default."""

_WORDS: Mapping[str, Sequence[Column[Any]]] = {
    "slug": [t.service.c.slug],
    "services": [t.service.c.slug],
    "teams": [t.team.c.slug],
    "repositories": [t.deployment.c.repository],
    "environments": [t.deployment.c.environment],
    "source": [t.delivery.c.source],
    "event": [t.delivery.c.event],
    "search": [
        t.incident.c.title,
        t.incident.c.summary_redacted,
        t.person.c.name,
        t.service.c.name,
    ],
}
"""The columns that hold the values of arguments and members of these names."""

_LOOKUPS: Mapping[str, Sequence[Sequence[Column[Any]]]] = {
    "incident": [[t.incident.c.number]],
    "service": [[t.service.c.slug]],
    "deployment": [
        [t.deployment.c.repository, t.deployment.c.sha],
        [t.deployment.c.repository, t.deployment.c.sha, t.deployment.c.environment],
    ],
    "pullRequest": [[t.pull_request.c.repository, t.pull_request.c.number]],
}
"""The columns that name one row, by the root field that looks it up."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Real values: `ids` by type, `words` by name, `keys` by root, `cursors` by list and order.

    `representations` are the entities, each by each of its keys.
    """

    ids: Mapping[str, Sequence[str]]
    words: Mapping[str, Sequence[str]]
    keys: Mapping[str, Sequence[Mapping[str, Any]]]
    cursors: Mapping[tuple[str, Order], Sequence[str]]
    representations: Sequence[Mapping[str, Any]]


async def gathered(database: Database, graph: Graph) -> Stock:
    """The stock of a database, as the viewer of `graph` sees it."""
    ids = {
        spec.name: [
            node_id.encode(spec.prefix, row[0])
            for row in await database.fetch(select(spec.key).order_by(spec.key))
        ]
        for spec in REGISTRY.values()
        if spec.prefix
    }
    for row in await database.fetch(select(t.deployment_redirect.c.id)):
        ids["Deployment"].append(node_id.encode("dep", row[0]))
    words = {
        name: [value for column in columns for value in await _values(database, [column])]
        for name, columns in _WORDS.items()
    }
    texts = {
        name: [value for (value,) in found if value is not None] for name, found in words.items()
    }
    keys, cursors = await _keys(database, ids), await _cursors(graph)
    return Stock(ids, texts, keys, cursors, [each async for each in _representations(database)])


async def _values(database: Database, columns: Sequence[Column[Any]]) -> list[tuple[Any, ...]]:
    rows = await database.fetch(select(*columns).distinct().order_by(*columns))
    return [tuple(row.values()) for row in rows]


async def _keys(
    database: Database, ids: Mapping[str, Sequence[str]]
) -> dict[str, list[Mapping[str, Any]]]:
    query = graphql_schema().query_type
    assert query
    keys: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for name, ways in _LOOKUPS.items():
        if "id" in query.fields[name].args:
            keys[name] += [
                {"id": each} for each in ids[get_named_type(query.fields[name].type).name]
            ]
        for way in ways:
            names = [column.name for column in way]
            keys[name] += [
                dict(zip(names, values, strict=True)) for values in await _values(database, way)
            ]
    return dict(keys)


async def _representations(database: Database) -> AsyncIterator[Mapping[str, Any]]:
    for spec in entities().values():
        for key in spec.named_by:
            names = [part.name for part in key]
            for values in await _values(database, [part.column for part in key]):
                given = dict(zip(names, values, strict=True))
                if "id" in given:
                    given["id"] = node_id.encode(spec.prefix or "", given["id"])
                yield {"__typename": spec.name, **given}


async def _cursors(graph: Graph) -> dict[tuple[str, Order], list[str]]:
    """The cursors of every list that the schema has, in every order."""
    query = graphql_schema().query_type
    assert query
    found: dict[tuple[str, Order], list[str]] = {}
    roots = {
        _item(field).name: name for name, field in query.fields.items() if is_connection(field)
    }
    for name, field in query.fields.items():
        if is_connection(field):
            for order in _orders(field):
                page = await graph(f"{{ list: {name}{_argument(order)} {{ edges {{ cursor }} }} }}")
                found[f"Query.{name}", order] = [edge["cursor"] for edge in page["list"]["edges"]]
    for parent, root in roots.items():
        for name in _nested(parent):
            ask = f"{{ all: {root} {{ nodes {{ list: {name} {{ edges {{ cursor }} }} }} }} }}"
            nodes = (await graph(ask))["all"]["nodes"]
            found[f"{parent}.{name}", None] = [
                edge["cursor"] for node in nodes for edge in node["list"]["edges"]
            ]
    return found


def is_connection(field: GraphQLField) -> bool:
    """Whether a field is a page of a list that is there without being asked for anything."""
    needs = any(isinstance(each.type, GraphQLNonNull) for each in field.args.values())
    return get_named_type(field.type).name.endswith("Connection") and not needs


def _nested(type_: str) -> Iterator[str]:
    parent = graphql_schema().type_map[type_]
    assert isinstance(parent, GraphQLObjectType)
    yield from (name for name, each in parent.fields.items() if is_connection(each))


def _item(field: GraphQLField) -> GraphQLObjectType:
    connection = get_named_type(field.type)
    assert isinstance(connection, GraphQLObjectType)
    item = get_named_type(connection.fields["nodes"].type)
    assert isinstance(item, GraphQLObjectType)
    return item


def _orders(field: GraphQLField) -> Iterator[Order]:
    yield None
    if "orderBy" in field.args:
        order = get_named_type(field.args["orderBy"].type)
        assert isinstance(order, GraphQLInputObjectType)
        by, direction = (get_named_type(order.fields[n].type) for n in ("field", "direction"))
        for word in by.values:
            for way in direction.values:
                yield word, way


def _argument(order: Order) -> str:
    return f"(orderBy: {{field: {order[0]}, direction: {order[1]}}})" if order else ""
