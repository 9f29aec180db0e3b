"""Documents: parsed, measured, validated and priced in one pass, and kept while they are used."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoFragmentCyclesRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails

from schema.engine.cost import Price, Pricing
from schema.engine.measure import Excess, Limits, Measuring

MAX_ERRORS = 20
"""How many faults of a document are found before validation gives up."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that is not executed, and why. `syntax` says that it is not GraphQL at all."""

    errors: Sequence[GraphQLError]
    syntax: bool = False
    too_large: bool = False


@dataclass(slots=True, eq=False)
class Document:
    """A document that may be executed, and what its executors keep of it as long as it is kept."""

    node: DocumentNode
    prices: Mapping[str, Price]
    """What its operations cost, by their names."""
    operations: Mapping[str, OperationDefinitionNode] = field(init=False)
    fragments: Mapping[str, FragmentDetails] = field(init=False)
    kept: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find its parts by name."""
        operations, fragments = {}, {}
        for node in self.node.definitions:
            if isinstance(node, OperationDefinitionNode):
                operations[name_of(node)] = node
            elif isinstance(node, FragmentDefinitionNode):
                fragments[node.name.value] = FragmentDetails(node)
        self.operations, self.fragments = operations, fragments

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to run; None where `name` does not choose exactly one."""
        if name is not None:
            return self.operations.get(name)
        return next(iter(self.operations.values())) if len(self.operations) == 1 else None


class Documents:
    """A bounded cache of documents against one schema: the last used ones.

    A document in memory is some hundred times as large as its text, hence the bound of all the
    texts together.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits | None = None,
        *,
        kept: int = 1_000,
        kept_characters: int = 1_000_000,
    ) -> None:
        self._schema, self.limits = schema, limits or Limits()
        self._kept, self._kept_characters = kept, kept_characters
        self._known: OrderedDict[str, Document | Refused] = OrderedDict()
        self._characters = 0

    def too_dear(self, price: Price, variables: Mapping[str, Any]) -> Refused:
        """The refusal of an operation that costs more than it may with these variables."""
        cost, most = price.of(variables), self.limits.cost
        root, share = max(price.by_root(variables).items(), key=lambda each: each[1])
        message = (
            f"The answer may hold {cost:,} values, {share:,} of them below {root}; at most "
            f"{most:,} can be asked for. Ask for smaller pages, or for less of each item."
        )
        return Refused([GraphQLError(message)], too_large=True)

    def read(self, text: str) -> Document | Refused:
        """The document of this text, or why it is refused."""
        if len(text) > self.limits.characters:
            return _too_large(Excess("characters", self.limits.characters))
        known = self._known.get(text)
        if known is None:
            known = self._read(text)
            self._keep(text, known)
        else:
            self._known.move_to_end(text)
        return known

    def _keep(self, text: str, document: Document | Refused) -> None:
        self._known[text] = document
        self._characters += len(text)
        while len(self._known) > self._kept or self._characters > self._kept_characters:
            oldest, _ = self._known.popitem(last=False)
            self._characters -= len(oldest)

    def _read(self, text: str) -> Document | Refused:
        try:
            tokens = self.limits.tokens
            document = parse(text, max_lexical_tokens=tokens, max_comments=tokens)
        except GraphQLError as error:
            return self._unparsed(error)
        measuring = Measuring(document, self.limits)
        if excess := measuring.excess():
            return _too_large(excess)
        rules = [NoFragmentCyclesRule] if measuring.cyclic else specified_rules
        errors = validate(self._schema, document, rules, max_errors=MAX_ERRORS)
        if errors:
            return Refused(errors)
        pricing = Pricing(self._schema, document)
        prices = {name_of(each): pricing.of(each) for each in measuring.operations}
        return Document(document, prices)

    def _unparsed(self, error: GraphQLError) -> Refused:
        """What the parser found; it tells what is too large from what is wrong by its words."""
        if "nested too deeply" in error.message:
            return _too_large(Excess("levels", self.limits.depth))
        if "contains more than" in error.message:
            return _too_large(Excess("tokens", self.limits.tokens))
        return Refused([error], syntax=True)


def name_of(operation: OperationDefinitionNode) -> str:
    """The name of an operation; nothing where it has none."""
    return operation.name.value if operation.name else ""


def _too_large(excess: Excess) -> Refused:
    message = f"The document has more than {excess.most} {excess.what}. Ask for less at once."
    return Refused([GraphQLError(message)], too_large=True)
