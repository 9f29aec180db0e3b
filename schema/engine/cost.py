"""The cost of an operation: how many values its answer may hold, known before it is planned.

A field is one value for each object that it is selected on. What stands in a list counts as often
as the list is long: a page as it was asked for, a list of references as many as there are, any
other list as it usually is. So lists multiply what is below them, as GitHub counts them.

Values are what everything else grows with: the rows that are read, the bytes of the answer, and
above all the time of the resolvers, to which an operation may be left: some 5 µs for each.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
)

from schema.engine.pages import DEFAULT_PAGE, MAX_PAGE, USUAL_LIST
from schema.engine.references import ReferencesField

_INTROSPECTED: Mapping[str, int] = {
    "fields": 3,
    "inputFields": 2,
    "args": 1,
    "enumValues": 1,
    "interfaces": 1,
    "possibleTypes": 1,
    "directives": 5,
}
"""How long the lists of introspection usually are: most types have only some of them."""


class Length(NamedTuple):
    """How long a list may be: what the first of these variables says that says anything."""

    variables: tuple[str, ...]
    otherwise: int

    def among(self, values: Mapping[str, Any]) -> int:
        """The length for these values of variables."""
        for name in self.variables:
            value = values.get(name)
            if value is not None:
                return _length(value)
        return self.otherwise


def _length(value: Any) -> int:
    """A length that is asked for; one that will be refused counts as the longest."""
    if isinstance(value, list):
        return min(len(value), MAX_PAGE)
    if isinstance(value, int | float):
        return int(value) if 0 <= value <= MAX_PAGE else MAX_PAGE
    return 1  # GraphQL takes a single value for a list of one.


Terms = Counter[tuple[Length, ...]]
"""A sum of products of lengths that depend on variables, each with how often it is in the sum."""


class Price:
    """What one operation costs, by its root fields, whatever its variables are."""

    def __init__(self, roots: Mapping[str, Terms], defaults: Mapping[str, Any]) -> None:
        self._roots, self._defaults = roots, defaults
        whole: Terms = sum(roots.values(), Counter())
        self._constant = whole.pop((), 0)
        self._varying = whole

    def of(self, variables: Mapping[str, Any]) -> int:
        """The cost for these values of variables, as they were sent."""
        if not self._varying:
            return self._constant
        return self._constant + _sum(self._varying, {**self._defaults, **variables})

    def by_root(self, variables: Mapping[str, Any]) -> Mapping[str, int]:
        """The cost of each root field."""
        values = {**self._defaults, **variables}
        return {key: _sum(terms, values) for key, terms in self._roots.items()}


def _sum(terms: Terms, values: Mapping[str, Any]) -> int:
    total = 0
    for product, times in terms.items():
        for length in product:
            times *= length.among(values)
        total += times
    return total


class Pricing:
    """Finds the prices of a valid document's operations, looking at each fragment once."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, Length | None], Mapping[str, Terms]] = {}

    def of(self, operation: OperationDefinitionNode) -> Price:
        """The price of one operation."""
        root = self._schema.get_root_type(operation.operation)
        defaults = {
            each.variable.name.value: _literal(each.default_value)
            for each in operation.variable_definitions or ()
        }
        return Price(self._selection(root, operation.selection_set, None), defaults)

    def _selection(
        self, type_: Any, selections: SelectionSetNode, page: Length | None
    ) -> Mapping[str, Terms]:
        """What each field of a selection costs; `page` is the length of a connection's lists."""
        found: defaultdict[str, Terms] = defaultdict(Counter)
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found[(node.alias or node.name).value].update(self._field(type_, node, page))
            else:
                for key, terms in self._fragment(type_, node, page).items():
                    found[key].update(terms)
        return found

    def _fragment(self, type_: Any, node: Any, page: Length | None) -> Mapping[str, Terms]:
        if isinstance(node, FragmentSpreadNode):
            known = (node.name.value, page)
            if known not in self._known:
                fragment = self._fragments[node.name.value]
                self._known[known] = self._fragment(type_, fragment, page)
            return self._known[known]
        condition = node.type_condition
        within = self._schema.type_map[condition.name.value] if condition else type_
        return self._selection(within, node.selection_set, page)

    def _field(self, type_: Any, node: FieldNode, page: Length | None) -> Terms:
        total: Terms = Counter([()])
        definition = self._schema.get_field(type_, node.name.value)
        if node.selection_set is None or definition is None:
            return total
        asked = _asked(definition, node)
        listed = is_list_type(get_nullable_type(definition.type))
        named = get_named_type(definition.type)
        below = self._selection(named, node.selection_set, None if listed else asked)
        length = asked or page or self._usual(type_, node.name.value) if listed else _ONE
        for terms in below.values():
            total.update(_times(terms, length))
        return total

    def _usual(self, type_: Any, name: str) -> Length:
        """How long a list is of which nothing is said."""
        if not is_introspection_type(type_):
            return Length((), USUAL_LIST)
        return Length((), len(self._schema.type_map) if name == "types" else _INTROSPECTED[name])


_ONE = Length((), 1)


def _asked(definition: GraphQLField, node: FieldNode) -> Length | None:
    """How long the field's arguments have its list, or the lists of its page."""
    declared = definition.extensions.get("strawberry-definition")
    if isinstance(declared, ReferencesField):
        return _argued(node, [declared.names], 1)
    if "first" not in definition.args:
        return None
    default = definition.args["first"].default_value
    return _argued(node, ["first", "last"], default if isinstance(default, int) else DEFAULT_PAGE)


def _argued(node: FieldNode, names: Sequence[str], otherwise: int) -> Length:
    given = {each.name.value: each.value for each in node.arguments or ()}
    written = [given[name] for name in names if name in given]
    for value in map(_literal, written):
        if value is not None:
            return Length((), _length(value))
    variables = (each.name.value for each in written if isinstance(each, VariableNode))
    return Length(tuple(variables), otherwise)


def _literal(node: ValueNode | None) -> Any:
    """A number or a list as it is written; None for what says no length."""
    if isinstance(node, ListValueNode):
        return list(node.values)
    return int(node.value) if isinstance(node, IntValueNode) else None


def _times(terms: Terms, length: Length) -> Terms:
    if length.variables:
        return Counter({(length, *product): times for product, times in terms.items()})
    return Counter({product: length.otherwise * times for product, times in terms.items()})
