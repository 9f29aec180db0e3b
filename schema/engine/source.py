"""What the engine needs from its host: rows for a statement, and who is asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from schema.engine.errors import TooMany
from schema.engine.loader import Loader

MAX_ROWS = 50_000
"""How many rows one operation may read altogether."""


class Record(Protocol):
    """One row: its values by label."""

    def __getitem__(self, label: str, /) -> Any: ...


class Source(Protocol):
    """Whatever runs statements. It may keep what it compiled for a statement object."""

    async def fetch(self, statement: Any, /, **binds: object) -> Sequence[Record]:
        """All rows of a reading statement, for the values of its named binds.

        A statement is SQLAlchemy's, or what the compiler's `prepare` made of one.
        """
        ...


class ReadsSubtrees(Protocol):
    """Answers what is selected of rows that are known by their keys, if it can."""

    async def read(
        self, info: Any, target: Any, keys: Sequence[Any], reading: "Reading"
    ) -> Sequence[Any] | None: ...


@dataclass(slots=True)
class Reading:
    """One operation's way to the data: the source, the viewer as binds, and its loaders.

    `viewer` is bound in every statement, so declarations may use its names in visibility
    predicates and redacted columns. Loaders live as long as the operation, or one event of a
    subscription: they never serve an earlier state to a later event.
    """

    source: Source
    viewer: Mapping[str, object]
    subtrees: "ReadsSubtrees | None" = None
    """What answers rows that mutations and events hand out, where there is a compiler."""
    loaders: dict[object, Loader] = field(default_factory=dict)
    rows: int = 0

    async def fetch(self, statement: Any, **binds: object) -> Sequence[Record]:
        """All rows of a statement, as this viewer sees them.

        Raises:
            TooMany: the operation has read more than it may.
        """
        found = await self.source.fetch(statement, **self.viewer, **binds)
        self.rows += len(found)
        if self.rows > MAX_ROWS:
            raise TooMany(f"The answer has more than {MAX_ROWS} rows. Ask for less at once.")
        return found


class HasReading(Protocol):
    """What an operation's context must offer the engine."""

    @property
    def reading(self) -> Reading: ...
