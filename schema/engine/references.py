"""References: rows of any types, named by their keys in one list, and read together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from schema.engine.edges import row_named
from schema.engine.errors import TooMany
from schema.engine.roots import find
from schema.engine.row import Ask, Row, RowField, RowType, argument, reading_of
from schema.engine.source import Reading
from schema.engine.statement import Naming

MAX_REFERENCES = 100


@dataclass(frozen=True, slots=True)
class Reference:
    """A row, named by the values of a key of its type. There may be no such row."""

    naming: Naming
    values: tuple[Any, ...]

    @classmethod
    def by_key(cls, target: RowType, key: Any) -> "Reference":
        """The row with this key."""
        return cls(Naming(target, (target.key.name,)), (key,))


class ReferencesField(RowField):
    """The rows that a list names, in its order; null for each that the viewer may not see."""

    def __init__(self, description: str, name: str, written: Any, about: str) -> None:
        """Rows that the argument `name` names, each by something `written`."""
        offered = argument(name, list[written], f"{about}, at most {MAX_REFERENCES}.")
        super().__init__(description, [offered])
        self.names = name

    def reference(self, written: Any) -> Reference:
        """The row that is named.

        Raises:
            EngineError: none is.
        """
        raise self.mistake("it does not say which rows are named.")

    def targets(self, shape: Any) -> Sequence[RowType]:
        """The types of the rows that asks of this shape lead to."""
        return [naming.target for naming in shape]

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """The rows."""
        # Not awaited here: what is wrong with one reference is that item's error.
        return [self._row(info, each) for each in self._bounded(kwargs)]

    def ask(self, arguments: Mapping[str, Any]) -> Ask:
        """The ways in which the rows are named, and for each of them lists of places and values.

        Raises:
            EngineError: there are too many, or one of them names no row.
        """
        named: defaultdict[Naming, list[tuple[Any, ...]]] = defaultdict(list)
        for place, written in enumerate(self._bounded(arguments)):
            reference = self.reference(written)
            named[reference.naming].append((place, *reference.values))
        shape = tuple(sorted(named, key=lambda each: (each.target.name, each.names)))
        binds: dict[str, list[Any]] = {}
        for number, naming in enumerate(shape):
            columns = zip(*named[naming], strict=True)
            binds |= zip(naming.labels(number), map(list, columns), strict=True)
        return Ask(shape, (), binds)

    def _bounded(self, arguments: Mapping[str, Any]) -> Sequence[Any]:
        named: Sequence[Any] = arguments[self.names]
        if len(named) > MAX_REFERENCES:
            raise TooMany(f"At most {MAX_REFERENCES} {self.names} at once.")
        return named

    async def _row(self, info: Any, written: Any) -> Row | None:
        reference = self.reference(written)
        target = reference.naming.target
        if target.allow:
            target.allow(info.context)
        found: Row | None = await _find(reading_of(info), reference)
        return found


async def _find(reading: Reading, reference: Reference) -> Any:
    naming, values = reference.naming, reference.values
    if naming.names == (naming.target.key.name,):
        return await find(reading, naming.target, *values)
    found = row_named(reading, naming, values)
    return await found if isawaitable(found) else found
