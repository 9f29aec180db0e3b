"""The generator knows the whole schema: what it never asks for, no comparison ever sees."""

from __future__ import annotations

from collections import Counter
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLObjectType,
    Node,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from schema.build import graphql_schema
from tests.schema.both_paths.headings import FIELDS_NEEDING_PYTHON, OF_PYTHON
from tests.schema.both_paths.operations import generated
from tests.schema.both_paths.stock import Stock
from tests.schema.both_paths.test_generated import BATCHES, DOCUMENTS

LEAST_OPERATIONS = 2_000


class Seen(Visitor):
    """Counts the fields and arguments that documents use, and the members of inputs."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info
        self.counts = Counter[str]()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self._info.get_parent_type()
        if parent and node.name.value != "__typename":
            self.counts[f"{parent.name}.{node.name.value}"] += 1
            for argument in node.arguments or ():
                self.counts[f"{parent.name}.{node.name.value}({argument.name.value})"] += 1

    def enter_object_field(self, node: Node, *_: Any) -> None:
        parent: Any = self._info.get_parent_input_type()
        if parent is not None:  # A representation has members that no type describes.
            self.counts[f"{get_named_type(parent).name}.{node.name.value}"] += 1  # type: ignore[attr-defined]


def reachable() -> set[str]:
    """All fields, arguments and members that a query can name."""
    query = graphql_schema().query_type
    found: set[str] = set()
    seen, waiting = set(), [query]
    while waiting:
        type_: Any = waiting.pop()
        if type_ in seen or not isinstance(type_, GraphQLObjectType | GraphQLInputObjectType):
            continue
        seen.add(type_)
        for name, field in type_.fields.items():
            found.add(f"{type_.name}.{name}")
            waiting.append(get_named_type(field.type))
            for argument, each in getattr(field, "args", {}).items():
                found.add(f"{type_.name}.{name}({argument})")
                waiting.append(get_named_type(each.type))
    return found


async def test_every_field_argument_and_member_is_asked_for(stock: Stock) -> None:
    info = TypeInfo(graphql_schema())
    seen = Seen(info)
    operations = [generated(seed, stock) for seed in range(BATCHES * DOCUMENTS)]
    for first, *_ in operations:
        visit(parse(first.query), TypeInfoVisitor(info, seen))
    missed = {name for name in reachable() if not seen.counts[name]}
    of_python = (*(f"{type_}." for type_ in OF_PYTHON), *FIELDS_NEEDING_PYTHON)
    assert {name for name in missed if not name.startswith(of_python)} == set()
    assert sum(map(len, operations)) >= LEAST_OPERATIONS


async def test_a_seed_makes_one_operation_only(stock: Stock) -> None:
    for seed in range(50):
        assert generated(seed, stock) == generated(seed, stock)
    # A very short one may come twice.
    assert len({generated(seed, stock)[0].query for seed in range(50)}) >= 48
