"""Whole operations: valid, and always the same from one seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from schema.build import graphql_schema
from server.operation import Operation
from tests.schema.both_paths.arguments import Arguments
from tests.schema.both_paths.selections import Place, Selections
from tests.schema.both_paths.stock import Stock
from tests.schema.both_paths.variables import Variables


def generated(seed: int, stock: Stock) -> Sequence[Operation]:
    """An operation over the whole schema; twice with other variables, where it has any."""
    random = Random(seed)
    schema = graphql_schema()
    assert schema.query_type
    variables = Variables(random)
    selections = Selections(random, schema, Arguments(random, stock, variables), variables)
    body = selections.of(schema.query_type, Place())
    header = variables.header
    name = "Main" if random.random() < 0.1 else None
    start = f"query {name or ''}{header} " if header or name else ""
    others = ["query Other { __typename }"] if name and random.random() < 0.5 else []
    query = "\n".join([f"{start}{body}", *selections.fragments, *others])
    return [Operation(query, name, given) for given in _given(variables)]


def _given(variables: Variables) -> Sequence[Mapping[str, Any]]:
    return [variables.given(), variables.given()] if variables.header else [{}]
