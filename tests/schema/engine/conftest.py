"""What tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

import pytest
from graphql import ExecutionResult, Executor, GraphQLSchema, parse, validate
from sqlalchemy.sql import Executable

from schema.build import graphql_schema
from schema.engine.executor import RowExecutor
from schema.engine.row import REGISTRY
from schema.engine.source import Reading, Record
from server.domain.viewer import Scope, Viewer
from server.store.database import Database
from server.store.views.sight import binds_of
from tests.schema.engine import history

ADMIN = Viewer("token:test", "test", frozenset({Scope.ADMIN}))


@pytest.fixture
def nothing_declared() -> Iterator[None]:
    """A register of its own, so that a test's declarations are in no one's schema."""
    kept = dict(REGISTRY)
    REGISTRY.clear()
    yield
    REGISTRY.clear()
    REGISTRY.update(kept)


@pytest.fixture(scope="session")
def product() -> GraphQLSchema:
    """The product's schema: the largest one there is to try documents on."""
    return graphql_schema()


@dataclass
class Counted:
    """A source that remembers what it was asked."""

    database: Database
    statements: list[Executable] = field(default_factory=list)

    async def fetch(self, statement: Executable, /, **binds: Any) -> Sequence[Record]:
        self.statements.append(statement)
        return await self.database.fetch(statement, **binds)


@dataclass
class Asked:
    """The context of one operation, as far as the engine needs one."""

    viewer: Viewer
    reading: Reading


@dataclass
class Asking:
    """Runs queries on a small history through the resolvers, and counts their statements."""

    schema: GraphQLSchema
    source: Counted
    executor: type[Executor[Any]] = RowExecutor

    async def __call__(self, query: str, **variables: object) -> Any:
        """The data of a query that goes well."""
        result = await self.result(query, **variables)
        assert not result.errors, result.errors
        return result.data

    async def result(self, query: str, **variables: object) -> ExecutionResult:
        """The data and the errors."""
        document = parse(query)
        assert validate(self.schema, document) == []
        built = self.executor.build(
            self.schema,
            document,
            context_value=Asked(ADMIN, Reading(self.source, binds_of(ADMIN))),
            raw_variable_values=variables,
        )
        assert isinstance(built, Executor), built
        found: Any = built.execute_operation()
        result: ExecutionResult = await found if isawaitable(found) else found
        return result

    async def cost(self, query: str, **variables: object) -> int:
        """How many statements a query takes."""
        before = len(self.source.statements)
        await self(query, **variables)
        return len(self.source.statements) - before


@pytest.fixture
async def asking(database: Database, product: GraphQLSchema) -> Asking:
    await history.write(database.url)
    return Asking(product, Counted(database))
