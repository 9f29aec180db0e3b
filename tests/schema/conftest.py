"""The schema on a real database, without doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from schema.build import build, graphql_schema
from schema.context import Context
from schema.engine.compiler import Compiler
from schema.engine.documents import Documents
from schema.engine.measure import Limits
from schema.engine.source import Reading, Record
from schema.engine.subtrees import Subtrees
from schema.execution import Operations
from schema.subscribing import Subscriptions
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.domain.integration import Account
from server.domain.viewer import Scope, Viewer
from server.live.hub import Hub
from server.operation import Answer, Operation, Refusal, Stream
from server.store.database import Database, prepare
from server.store.views.sight import binds_of

ADMIN = Viewer("token:test", "test", frozenset({Scope.ADMIN}))

ACCOUNTS = (
    Account("github", "GitHub", "acme", timedelta(minutes=1)),
    Account("pagerduty", "PagerDuty"),
)


@dataclass(frozen=True)
class Graph:
    """Runs GraphQL as one viewer."""

    run: Operations
    office: Office
    hub: Hub
    viewer: Viewer = ADMIN

    def seen_by(self, *scopes: Scope) -> Graph:
        """The same graph for a viewer with these rights."""
        return replace(self, viewer=Viewer("token:other", "other", frozenset(scopes)))

    def up_to(self, cost: int) -> Graph:
        """The same graph, where an operation may cost so much."""
        documents = Documents(self.run.schema, Limits(cost=cost))
        return replace(self, run=replace(self.run, documents=documents))

    async def raw(self, query: str, **variables: object) -> Answer | Refusal | Stream:
        """Whatever the executor gives."""
        operation = Operation(query, None, variables)
        return await self.run(operation, self.viewer, queries_only=False, streams=True)

    async def __call__(self, query: str, **variables: object) -> Any:
        """The data of an operation that goes well."""
        found = await self.raw(query, **variables)
        assert isinstance(found, Answer), found
        body = orjson.loads(found.body)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def errors(self, query: str, **variables: object) -> list[Any]:
        """The errors of an operation that goes wrong."""
        found = await self.raw(query, **variables)
        if isinstance(found, Refusal):
            return list(orjson.loads(found.errors))
        assert isinstance(found, Answer), found
        return list(orjson.loads(found.body)["errors"])

    async def refused(self, query: str, **variables: object) -> list[tuple[str, list[str] | None]]:
        """The codes and paths of the `userErrors` of a mutation."""
        (payload,) = (await self(query, **variables)).values()
        return [(each["code"], each["field"]) for each in payload["userErrors"]]


@pytest.fixture
def graph(database: Database) -> Graph:
    """The whole schema on this test's database."""
    return graph_on(database)


def graph_on(database: Database) -> Graph:
    """The whole schema on a database, as the server puts it together."""
    hub = Hub(database)
    office = Office(
        database=database,
        publish=hub.hear,
        wake=lambda: None,
        sprints=Sprints(start=date(2026, 1, 5), days=14),
    )
    schema = graphql_schema()
    compiler = Compiler(build(), schema, prepare)
    subtrees = Subtrees(compiler)

    def context(viewer: Viewer) -> Context:
        reading = Reading(database, binds_of(viewer), subtrees)
        return Context(viewer, reading, office, hub, ACCOUNTS)

    subscriptions = Subscriptions(schema, context, hub)
    documents = Documents(schema)
    run = Operations(schema, documents, context, compiler, subscriptions, strict=True)
    return Graph(run, office, hub)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the statements that reading takes."""
    seen: list[str] = []
    fetch = Database.fetch

    async def counted(self: Database, statement: Any, /, **binds: object) -> Sequence[Record]:
        seen.append(str(statement))
        return await fetch(self, statement, **binds)

    monkeypatch.setattr(Database, "fetch", counted)
    return seen
