"""Plans: an operation read once against the declarations, before any variable has a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
)
from graphql.execution import VariableValues
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)

from schema.engine.arguments import Arguments, Convert, parts
from schema.engine.row import Ask, RowField

TYPENAME = "__typename"


class UncompilableError(Exception):
    """An operation that no single statement answers; the resolvers do."""


@dataclass(eq=False, slots=True)
class Selected:
    """One field of an operation, merged from every place that asks for it.

    `declared` is the declaration it reads; None where it belongs to a page, to a part of JSON, or
    is `__typename`. `below` gives what is selected of it, by the name of the type it has.
    """

    key: str
    name: str
    parent: str
    declared: RowField | None
    asked: "Asked | None" = None
    below: dict[str, "list[Selected]"] = field(default_factory=dict)

    @property
    def only(self) -> "list[Selected]":
        """What is selected of it, where it can have one type only."""
        (selection,) = self.below.values()
        return selection


@dataclass(eq=False, slots=True)
class Asked:
    """The arguments of one selected field: known for good, or read from variables each time."""

    position: int
    declared: RowField
    arguments: Arguments
    known: Ask | None

    def ask(self, variables: Any) -> Ask:
        """What they ask for."""
        return self.known or self.declared.ask(self.arguments.read(variables))


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation's selections under its roots, and those of them that have arguments."""

    roots: list[Selected]
    asked: list[Asked]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The operation that a selection stands in, for these values of its variables."""

    operation: OperationDefinitionNode
    variable_values: VariableValues
    fragments: Mapping[str, FragmentDetails]


class Planner:
    """Reads one operation. Variables only matter where directives use them."""

    def __init__(self, schema: GraphQLSchema, around: Surroundings, convert: Convert) -> None:
        self._schema, self._around, self._convert = schema, around, convert
        self.asked: list[Asked] = []

    def plan(self) -> Plan:
        """The plan of the operation.

        Raises:
            UncompilableError: it asks for something that is not declared.
        """
        around, query = self._around, self._schema.query_type
        if query is None:
            raise UncompilableError("there are no queries")
        collected = collect_fields(
            self._schema, dict(around.fragments), around.variable_values, query, around.operation
        )
        roots = self._selection(query, collected.grouped_field_set)
        return Plan(roots, self.asked)

    def of_type(self, name: str, details: list[FieldDetails]) -> list[Selected]:
        """What is selected of a field that has this type."""
        around = self._around
        type_ = self._schema.type_map[name]
        if not isinstance(type_, GraphQLObjectType):
            raise UncompilableError(f"{name} is not one type")
        collected = collect_subfields(
            self._schema,
            dict(around.fragments),
            around.variable_values,
            around.operation,
            type_,
            details,
        )
        return self._selection(type_, collected.grouped_field_set)

    def _selection(
        self, parent: GraphQLObjectType, grouped: Mapping[str, list[FieldDetails]]
    ) -> list[Selected]:
        return [self._selected(parent, key, details) for key, details in grouped.items()]

    def _selected(
        self, parent: GraphQLObjectType, key: str, details: list[FieldDetails]
    ) -> Selected:
        node = details[0].node
        name = node.name.value
        if name == TYPENAME:
            return Selected(key, name, parent.name, None)
        definition = parent.fields.get(name)
        if definition is None:
            raise UncompilableError(f"{name} is GraphQL's own")
        found = definition.extensions.get("strawberry-definition")
        declared = found if isinstance(found, RowField) else None
        if declared is None and getattr(found, "base_resolver", None) is not None:
            raise UncompilableError(f"{parent.name}.{name} needs Python")
        selected = Selected(key, name, parent.name, declared)
        if declared is not None and declared.arguments:
            selected.asked = self._ask(declared, definition, node)
        if node.selection_set:
            for type_ in self._types(get_named_type(definition.type)):
                selected.below[type_] = self.of_type(type_, details)
        return selected

    def _types(self, type_: Any) -> Iterator[str]:
        if isinstance(type_, GraphQLObjectType):
            yield type_.name
        else:
            yield from (each.name for each in self._schema.get_possible_types(type_))

    def _ask(self, declared: RowField, definition: GraphQLField, node: FieldNode) -> Asked:
        arguments = Arguments(definition, node, declared, self._convert)
        known = declared.ask(arguments.read(None)) if arguments.fixed else None
        asked = Asked(len(self.asked), declared, arguments, known)
        self.asked.append(asked)
        return asked


def directive_variables(node: Node) -> tuple[str, ...]:
    """The variables on which directives depend: what is selected differs with their values."""
    found: dict[str, None] = {}
    _collect_steering(node, found, within=False)
    return tuple(found)


def _collect_steering(node: Node, found: dict[str, None], *, within: bool) -> None:
    if isinstance(node, VariableNode) and within:
        found[node.name.value] = None
    for part in parts(node):
        _collect_steering(part, found, within=within or isinstance(part, DirectiveNode))
