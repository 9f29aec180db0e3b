"""A failing operation made smaller, as long as it goes on failing in the same way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    REMOVE,
    SKIP,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from server.operation import Operation

MOST_TRIES = 500

_DROPPED = (
    FieldNode,
    InlineFragmentNode,
    FragmentSpreadNode,
    DirectiveNode,
    ArgumentNode,
    ObjectFieldNode,
)


async def shrunk(operation: Operation, fails: Callable[[Operation], Awaitable[bool]]) -> Operation:
    """The smallest operation that still fails, of those that dropping part after part finds."""
    smallest, position, dropped = operation, 0, False
    for _ in range(MOST_TRIES):
        smaller = _without(smallest, position)
        if smaller is None:
            if not dropped:
                break
            position, dropped = 0, False
        elif await fails(smaller):
            smallest, dropped = smaller, True
        else:
            position += 1
    return smallest


def _without(operation: Operation, position: int) -> Operation | None:
    """The operation without one of its parts; None behind the last.

    What is left of it may be no valid document; then it does not fail as the whole one did.
    """
    dropping = _Dropping(position)
    document = visit(parse(operation.query), dropping)
    if dropping.left >= 0:
        return None
    query = print_ast(visit(document, _Cleaning(document)))
    variables = {name: each for name, each in operation.variables.items() if f"${name}" in query}
    return replace(operation, query=query, variables=variables)


class _Dropping(Visitor):
    """Drops the part at a position, counted from 0."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.left = position

    def enter(self, node: Node, *_: Any) -> Any:
        if not isinstance(node, _DROPPED):
            return None
        self.left -= 1
        return REMOVE if self.left == -1 else None


class _Cleaning(Visitor):
    """Drops fragments and variables that nothing uses any more."""

    def __init__(self, document: DocumentNode) -> None:
        super().__init__()
        self._used = set(_names_used(document))

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> Any:
        return None if f"...{node.name.value}" in self._used else REMOVE

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return SKIP if f"${node.variable.name.value}" in self._used else REMOVE


def _names_used(node: Node) -> Iterator[str]:
    """The fragments that are spread, and the variables that are used."""
    if isinstance(node, FragmentSpreadNode):
        yield f"...{node.name.value}"
    if isinstance(node, VariableNode):
        yield f"${node.name.value}"
    for name in node.keys:
        value = getattr(node, name)
        for each in value if isinstance(value, tuple | list) else (value,):
            if isinstance(each, Node) and not isinstance(node, VariableDefinitionNode):
                yield from _names_used(each)
