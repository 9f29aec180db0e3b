"""The whole schema, walked by a viewer without people:read: nobody is named at any door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)
from sqlalchemy import text

from schema.build import graphql_schema
from server.commands.redaction import rerender
from server.domain.viewer import Scope
from server.operation import Answer, Refusal
from server.store.database import Database
from tests.schema.both_paths import tricky
from tests.schema.both_paths.stock import Stock, gathered, is_connection
from tests.schema.conftest import Graph
from tests.schema.named_rows import NICKNAME, SAYS, SECRETS, NamedRows
from tests.schema.test_incident import declared
from tests.schema.test_live import added, subscribed

EVERYTHING_BUT_PEOPLE = tuple(set(Scope) - {Scope.PEOPLE_READ, Scope.ADMIN})
LEVELS = 4


@pytest.fixture
async def stock(database_url: str, database: Database, graph: Graph) -> Stock:
    """The ids and keys of a database full of names, rendered as whoever became known is."""
    await tricky.write(database_url, NamedRows)
    # The rows have taken numbers that nobody counted.
    await database.fetch(text("select setval(pg_get_serial_sequence('incident', 'number'), 1000)"))
    await rerender(graph.office)
    return await gathered(database, graph)


def below(type_: Any, levels: int, seen: tuple[str, ...] = ()) -> str:
    """A selection of all there is, so far down, without going in circles."""
    if is_leaf_type(type_):
        return ""
    if is_abstract_type(type_):
        possible = graphql_schema().get_possible_types(type_)
        parts = [f"... on {each.name} {below(each, levels, seen)}" for each in possible]
    else:
        fields = type_.fields.items()
        parts = [part for each in fields for part in _field(*each, levels, (*seen, type_.name))]
    return f"{{ __typename {' '.join(parts)} }}"


def _field(name: str, field: GraphQLField, levels: int, seen: tuple[str, ...]) -> list[str]:
    named = get_named_type(field.type)
    needs = any(is_required_argument(each) for each in field.args.values())
    if needs or (not is_leaf_type(named) and (levels == 0 or named.name in seen)):
        return []
    return [f"{name} {below(named, levels - 1, seen)}"]


def written(value: Any) -> str:
    """A value as a GraphQL literal, where all strings of it are strings."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {written(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value)


def asks(stock: Stock) -> Iterator[tuple[str, str]]:
    """Every root of the schema with a query for all below it, in each way that it is asked."""
    query = graphql_schema().query_type
    assert query
    for name, field in query.fields.items():
        for arguments, type_ in _ways(name, field, stock):
            given = ", ".join(f"{each}: {written(value)}" for each, value in arguments.items())
            on = f"{{ ... on {type_} {below(graphql_schema().type_map[type_], LEVELS)} }}"
            yield name, f"{{ {name}{f'({given})' if given else ''} {on} }}"


def _ways(name: str, field: GraphQLField, stock: Stock) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The arguments that a root is asked with, and the type that it answers with."""
    type_ = get_named_type(field.type).name
    if name in stock.keys:
        yield from ((each, type_) for each in {tuple(e): e for e in stock.keys[name]}.values())
    elif name in {"node", "nodes"}:
        for each, ids in stock.ids.items():
            yield {"id": ids[0]} if name == "node" else {"ids": ids[:20]}, each
    elif name == "_entities":
        for each in {entity["__typename"]: entity for entity in stock.representations}.values():
            yield {"representations": [each]}, each["__typename"]
    else:
        yield {"first": 20} if is_connection(field) else {}, type_


async def told(graph: Graph, query: str, **variables: object) -> str:
    """The text of an answer or of a refusal."""
    found = await graph.up_to(10**9).raw(query, **variables)
    if isinstance(found, Refusal):
        return found.errors.decode()
    assert isinstance(found, Answer), found
    return found.body.decode()


_OF_NOBODY = re.compile(
    r'"(?:cursor|startCursor|endCursor|yours)":"(?:[^"\\\\]|\\\\.)*"|"yours":\{[^}]*\}'
)
"""Cursors, in which letters meet by chance, and what the caller sent itself."""


def secrets_in(answer: str) -> list[str]:
    lowered = _OF_NOBODY.sub("", answer).lower()
    return [each for each in SECRETS if each in lowered]


_TELLING = (
    "incident incidents deployment deployments pullRequest people teams services actionItems node "
    "nodes _entities"
)
TELLING = frozenset(_TELLING.split())
"""The roots below which the administrator sees names."""


async def test_no_answer_names_anybody(graph: Graph, stock: Stock) -> None:
    other = graph.seen_by(*EVERYTHING_BUT_PEOPLE)
    named = set()
    for root, query in asks(stock):
        assert secrets_in(await told(other, query)) == [], query
        if secrets_in(await told(graph, query)):
            named.add(root)
    assert named >= TELLING


PLAIN: Mapping[str, str] = {
    "slug": "shop",
    "repository": "acme/web",
    "sha": "ab" * 20,
    "url": "https://ci.example/1",
    "email": "someone@shop.example",
    "provider": "github",
    "environment": "production",
    "nicknames": NICKNAME,
    "channel": "C0123",
    "Team.name": "Payments",
    "Service.name": "Checkout",
}
"""Texts that only count where they have this form, and the names of things."""

REFERRING: Mapping[str, str] = {"evidence": "TimelineEntry", "parent": "Why", "into": "Incident"}
"""The types of ids in members that are not called like their type; most others are people."""


def example(type_: GraphQLInputType, name: str, stock: Stock, own: str) -> Any:
    """A value of an input: every text is somebody's words, every id is a real one.

    `own` is the type of what the input's own `id` is of.
    """
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        return [example(type_.of_type, name, stock, own)]
    if isinstance(type_, GraphQLInputObjectType):
        return {
            each: example(field.type, each, stock, own)
            for each, field in type_.fields.items()
            if each != "idempotencyKey"
        }
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    kind = own if name == "id" else REFERRING.get(name, name[0].upper() + name[1:])
    slugs = stock.words.get({"service": "services", "team": "teams"}.get(name, name), [SAYS])
    return {
        "ID": stock.ids.get(kind, stock.ids["Person"])[0],
        "String": PLAIN.get(f"{own}.{name}") or PLAIN.get(name) or slugs[0],
        "Boolean": True,
        "DateTime": "2026-01-01T00:00:00Z",
        "Date": "2026-01-01",
    }.get(getattr(type_, "name", ""), 1)


ECHOING = frozenset({"checkLanguage"})
"""What tells a caller of their own words where they stand in them."""


async def test_no_mutation_names_anybody(graph: Graph, stock: Stock) -> None:
    """Neither what became of it, nor what was wrong with it."""
    other = graph.seen_by(*EVERYTHING_BUT_PEOPLE).up_to(10**9)
    mutation = graphql_schema().mutation_type
    assert mutation
    for name in sorted(mutation.fields.keys() - ECHOING):
        field = mutation.fields[name]
        payload: Any = get_named_type(field.type)
        made = [get_named_type(each.type).name for each in payload.fields.values()]
        own = next((each for each in made if each in stock.ids), "Incident")
        type_: Any = field.args["input"].type
        query = f"mutation ($input: {type_}) {{ {name}(input: $input) {below(payload, 2)} }}"
        answer = await told(other, query, input=example(type_, name, stock, own))
        assert secrets_in(answer) == [], answer


STREAMS: Mapping[str, str] = {
    "timeline": "(incident: $incident)",
    "incidentUpdated": "(incident: $incident)",
    "incidents": "",
    "actionItemUpdated": "",
}
"""The arguments of each subscription: whoever adds one has it listened to here."""


async def test_no_event_names_anybody(graph: Graph, stock: Stock) -> None:
    subscription = graphql_schema().subscription_type
    assert subscription
    incident = await declared(graph)
    await added(graph, incident, SAYS)
    other = graph.seen_by(*EVERYTHING_BUT_PEOPLE).up_to(10**9)
    for name, field in subscription.fields.items():
        given = {"incident": incident} if STREAMS[name] else {}
        header = "($incident: ID!)" if given else ""
        selection = below(get_named_type(field.type), 2)
        query = f"subscription {header} {{ {name}{STREAMS[name]} {selection} }}"
        async with subscribed(other, query, **given) as following:
            events = [await following() for _ in range(2 if name == "timeline" else 1)]
            assert secrets_in(str(events)) == [], name
