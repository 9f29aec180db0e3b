"""Documents: parsed, measured and validated in one pass, and kept while they are used."""

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
    operations: Mapping[str, OperationDefinitionNode] = field(init=False)
    fragments: Mapping[str, FragmentDetails] = field(init=False)
    kept: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find its parts by name."""
        operations, fragments = {}, {}
        for node in self.node.definitions:
            if isinstance(node, OperationDefinitionNode):
                operations[node.name.value if node.name else ""] = node
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
        self._schema, self._limits = schema, limits or Limits()
        self._kept, self._kept_characters = kept, kept_characters
        self._known: OrderedDict[str, Document | Refused] = OrderedDict()
        self._characters = 0

    def read(self, text: str) -> Document | Refused:
        """The document of this text, or why it is refused."""
        if len(text) > self._limits.characters:
            return _too_large(Excess("characters", self._limits.characters))
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
            tokens = self._limits.tokens
            document = parse(text, max_lexical_tokens=tokens, max_comments=tokens)
        except GraphQLError as error:
            return self._unparsed(error)
        measuring = Measuring(document, self._limits)
        if excess := measuring.excess():
            return _too_large(excess)
        rules = [NoFragmentCyclesRule] if measuring.cyclic else specified_rules
        errors = validate(self._schema, document, rules, max_errors=MAX_ERRORS)
        return Refused(errors) if errors else Document(document)

    def _unparsed(self, error: GraphQLError) -> Refused:
        """What the parser found; it tells what is too large from what is wrong by its words."""
        if "nested too deeply" in error.message:
            return _too_large(Excess("levels", self._limits.depth))
        if "contains more than" in error.message:
            return _too_large(Excess("tokens", self._limits.tokens))
        return Refused([error], syntax=True)


def _too_large(excess: Excess) -> Refused:
    message = f"The document has more than {excess.most} {excess.what}. Ask for less at once."
    return Refused([GraphQLError(message)], too_large=True)
