"""Nodes: any object by its id, whatever its type is, and several at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from schema.engine import node_id
from schema.engine.declare import Node
from schema.engine.errors import BadId
from schema.engine.references import Reference, ReferencesField
from schema.engine.roots import ID, find
from schema.engine.row import REGISTRY, Ask, RowField, RowType, argument, reading_of


def named_by_id(text: str) -> tuple[RowType, Any]:
    """The type and the key in a public id.

    Raises:
        BadId: it is none.
    """
    prefix, key = node_id.decode(text)
    for spec in REGISTRY.values():
        if spec.prefix == prefix:
            return spec, key
    raise BadId("This is not an id of this API.")


class NodeField(RowField):
    """Any node, by its id."""

    def __init__(self, description: str) -> None:
        super().__init__(description, [argument(ID, strawberry.ID, "The id of any object.")])

    def targets(self, shape: Any) -> Sequence[RowType]:
        """The type of the node."""
        return [shape]

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The node, or None where there is none that the viewer may see."""
        target, key = named_by_id(kwargs[ID])
        if target.allow:
            target.allow(info.context)
        return find(reading_of(info), target, key)

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """The node's type, and its key as the bind `id`.

        Raises:
            BadId: it is no id.
        """
        target, key = named_by_id(arguments[ID])
        return Ask(target, (), {ID: key})


class NodesField(ReferencesField):
    """Nodes of any types, by their ids."""

    def __init__(self, description: str) -> None:
        super().__init__(description, "ids", strawberry.ID, "The ids")

    def reference(self, written: Any) -> Reference:
        """The row with this id."""
        return Reference.by_key(*named_by_id(written))


def _node(description: str) -> Any:
    return NodeField(description)


def _nodes(description: str) -> Any:
    return NodesField(description)


@strawberry.type
class NodeQueries:
    node: Node | None = _node("Any object, by its id; null where there is none for you.")
    nodes: list[Node | None] = _nodes("Several objects, by their ids, in the order of the ids.")
