"""The size of a document, found before it is validated.

A fragment is measured once, never once for each use of it: fragments that spread each other
would otherwise take exponential time to refuse. Validation compares every two fields that fall
into one place of the answer, so what it would have to compare is counted as well.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be; fields, aliases and directives with fragments expanded.

    `comparisons` is how often validation may hold two fields of one place against each other:
    each takes it some 10 µs. `cost` is how many values an operation may answer with. It leaves room
    for a page of 100 with pages of 100 below it, a dozen fields to each item, and as much again:
    the resolvers take about a second for so many. A board of twenty incidents with all that is
    known of them costs 15,000, and the introspection of its schema 43,000.
    """

    characters: int = 100_000
    tokens: int = 5_000
    operations: int = 20
    fragments: int = 100
    root_fields: int = 50
    depth: int = 20
    fields: int = 2_000
    aliases: int = 100
    directives: int = 100
    comparisons: int = 10_000
    cost: int = 200_000


@dataclass(frozen=True, slots=True)
class Measure:
    """The size of a selection with its fragments expanded."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Measure") -> "Measure":
        """Both selections on one level."""
        return Measure(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


@dataclass(frozen=True, slots=True)
class Excess:
    """The limit that a document breaks: of what it has more, and than how many."""

    what: str
    most: int


class Measuring:
    """Measures one document. It turns out `cyclic` where a fragment spreads itself."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self._limits = limits
        definitions = document.definitions
        self.operations = [
            node for node in definitions if isinstance(node, OperationDefinitionNode)
        ]
        self._fragments = {
            node.name.value: node
            for node in definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, Measure] = {}
        self._open: set[str] = set()
        self.cyclic = False
        self._spread = set(self._fragments)
        self._comparisons = 0

    def excess(self) -> Excess | None:
        """The first limit that the document breaks; of one that is `cyclic`, none may be found."""
        limits = self._limits
        if len(self.operations) > limits.operations:
            return Excess("operations", limits.operations)
        try:
            return self._first_excess()
        except RecursionError:
            return Excess("levels", limits.depth)

    def _first_excess(self) -> Excess | None:
        limits = self._limits
        for operation in self.operations:
            selections = operation.selection_set
            measure = self.measure(selections)
            if measure.depth > limits.depth:
                return Excess("levels", limits.depth)
            for name in ("fields", "aliases", "directives"):
                most: int = getattr(limits, name)
                if getattr(measure, name) > most:
                    return Excess(name, most)
            if len(self._merged([selections])) > limits.root_fields:
                return Excess("root fields", limits.root_fields)
        for name in self._fragments:
            self._fragment(name)
        if len(self._spread) > limits.fragments:
            return Excess("fragments", limits.fragments)
        return None if self.cyclic else self._excess_of_comparisons()

    def measure(self, selections: SelectionSetNode) -> Measure:
        """The size of a selection."""
        total = Measure()
        for part in self._parts(selections):
            total = total.beside(part)
        return total

    def _parts(self, selections: SelectionSetNode) -> Iterator[Measure]:
        for node in selections.selections:
            yield Measure(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                below = self.measure(node.selection_set) if node.selection_set else Measure()
                yield replace(below, depth=below.depth + 1)
                yield Measure(fields=1, aliases=1 if node.alias else 0)
            elif isinstance(node, InlineFragmentNode):
                yield self.measure(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield self._fragment(node.name.value)

    def _fragment(self, name: str) -> Measure:
        self._spread.add(name)
        fragment = self._fragments.get(name)
        if name in self._measured or fragment is None:
            return self._measured.get(name, Measure())
        if name in self._open:
            self.cyclic = True
            return Measure()
        self._open.add(name)
        found = self._measured[name] = self.measure(fragment.selection_set)
        self._open.discard(name)
        return found

    def _excess_of_comparisons(self) -> Excess | None:
        roots: list[SelectionSetNode] = [each.selection_set for each in self.operations]
        # Fragments that no operation uses are validated as well.
        roots += [each.selection_set for each in self._fragments.values()]
        places = [[root] for root in roots]
        while places:
            for fields in self._merged(places.pop()).values():
                self._comparisons += len(fields) * (len(fields) + 1) // 2
                if self._comparisons > self._limits.comparisons:
                    return Excess("pairs of fields in one place", self._limits.comparisons)
                below = [field.selection_set for field in fields if field.selection_set]
                if below:
                    places.append(below)
        return None

    def _merged(self, place: Sequence[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields that fall into one place of the answer, by the name they have there."""
        found: defaultdict[str, list[FieldNode]] = defaultdict(list)
        waiting, seen = list(place), set[str]()
        while waiting:
            for node in waiting.pop().selections:
                if isinstance(node, FieldNode):
                    found[(node.alias or node.name).value].append(node)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    if fragment := self._fragments.get(node.name.value):
                        waiting.append(fragment.selection_set)
        return found
