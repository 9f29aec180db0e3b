"""Variables and arguments, coerced as GraphQL says by readers that are made once an operation.

graphql-core looks up the type of each variable and of each argument anew for every request. For
a small query that costs more than PostgreSQL's answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLScalarType,
    GraphQLSchema,
    Node,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution import VariableValues
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import (
    VariableValueSource,
    get_argument_values,
    input_is_nested_too_deeply,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from schema.engine.row import RowField

Convert = Callable[[Mapping[str, Any], RowField], Mapping[str, Any]]
"""Turns GraphQL's arguments of a field into the Python values its resolver would get."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that an operation declares; `default` is Undefined where it has none."""

    signature: GraphQLVariableSignature
    default: Any
    required: bool
    nests: bool

    def coerce(self, given: Any) -> Any:
        """Its value; Undefined where `given` does not fit its type."""
        if given is Undefined:
            return self.default
        if self.nests and input_is_nested_too_deeply(given, self.signature.type):
            return Undefined
        return coerce_input_value(given, self.signature.type)


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of one operation."""

    declared: Sequence[Variable]

    def coerce(self, raw: Mapping[str, Any]) -> VariableValues | None:
        """Their values for a request; None where one does not fit its type."""
        sources, coerced = {}, {}
        for variable in self.declared:
            name = variable.signature.name
            given = raw.get(name, Undefined)
            value = variable.coerce(given)
            sources[name] = VariableValueSource(variable.signature, given)
            if value is not Undefined:
                coerced[name] = value
            elif variable.required or given is not Undefined:
                return None
        return VariableValues(sources, coerced)


def variables_of(
    schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]
) -> Variables | None:
    """The variables that these definitions declare; None where one is no input."""
    signatures = [get_variable_signature(schema, each) for each in definitions]
    declared = [_variable(each) for each in signatures if not isinstance(each, GraphQLError)]
    return Variables(declared) if len(declared) == len(signatures) else None


def _variable(signature: GraphQLVariableSignature) -> Variable:
    default = coerce_default_value(signature) if signature.default else Undefined
    return Variable(
        signature,
        default,
        required=is_non_null_type(signature.type) and default is Undefined,
        nests=not is_leaf_type(get_nullable_type(signature.type)),
    )


@dataclass(frozen=True, slots=True)
class _FromVariable:
    """An argument that is just a variable, of a scalar type: nothing is left to convert."""

    python_name: str
    variable: str
    default: Any
    nullable: bool

    def value(self, coerced: Mapping[str, Any]) -> Any:
        """Its value: Undefined where it has none."""
        return coerced.get(self.variable, self.default)


class Arguments:
    """The arguments of one selected field: some known for good, some read for each request."""

    def __init__(
        self, definition: GraphQLField, node: FieldNode, declared: RowField, convert: Convert
    ) -> None:
        self._definition, self._node = definition, node
        self._declared, self._convert = declared, convert
        given = node.arguments or ()
        self.fixed = not any(map(has_variable, given))
        direct = dict(self._variables_alone(given))
        self._direct = [self._from_variable(*each) for each in direct.items()]
        self._others = _without(definition, direct)
        others = [each for each in given if each.name.value not in direct]
        self._others_node = FieldNode(name=node.name, arguments=tuple(others))
        self._constant = None if any(map(has_variable, others)) else self._read_others(None)

    def read(self, variables: VariableValues | None) -> Mapping[str, Any]:
        """The values that the field's resolver would get.

        Raises:
            GraphQLError: one of them is not allowed.
        """
        values = dict(self._read_others(variables) if self._constant is None else self._constant)
        for argument in self._direct:
            value = argument.value(variables.coerced if variables else {})
            if value is None and not argument.nullable:
                # It says what is wrong, and where.
                get_argument_values(self._definition, self._node, variables)
            if value is not Undefined:
                values[argument.python_name] = value
        return values

    def _read_others(self, variables: VariableValues | None) -> Mapping[str, Any]:
        values = get_argument_values(self._others, self._others_node, variables)
        return self._convert(values, self._declared)

    def _variables_alone(self, given: Sequence[ArgumentNode]) -> Iterator[tuple[str, str]]:
        for each in given:
            type_ = get_nullable_type(self._definition.args[each.name.value].type)
            if isinstance(each.value, VariableNode) and isinstance(type_, GraphQLScalarType):
                yield each.name.value, each.value.name.value

    def _from_variable(self, name: str, variable: str) -> _FromVariable:
        argument = self._definition.args[name]
        (python_name,) = self._convert({name: None}, self._declared)
        nullable = not is_non_null_type(argument.type)
        return _FromVariable(python_name, variable, _default(argument), nullable)


def _default(argument: GraphQLArgument) -> Any:
    """What an argument is where its variable has no value: None stands for what may not be."""
    return None if is_required_argument(argument) else coerce_default_value(argument)


def _without(definition: GraphQLField, names: Mapping[str, object]) -> GraphQLField:
    """A field with none of these arguments."""
    rest = {name: each for name, each in definition.args.items() if name not in names}
    return GraphQLField(definition.type, rest)


def has_variable(node: Node) -> bool:
    """Whether a part of a document uses a variable."""
    if isinstance(node, VariableNode):
        return True
    return any(map(has_variable, parts(node)))


def parts(node: Node) -> Iterator[Node]:
    """The parts that a part of a document has."""
    for name in node.keys:
        value = getattr(node, name)
        for each in value if isinstance(value, tuple | list) else (value,):
            if isinstance(each, Node):
                yield each
