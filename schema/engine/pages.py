"""Pages of a connection: their arguments, and the types a client sees."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgument

from schema.engine.cursors import write_cursor
from schema.engine.errors import BadPage
from schema.engine.row import KEY, Row, argument
from schema.engine.source import Record
from schema.engine.statement import SORTED

MAX_PAGE = 100
DEFAULT_PAGE = 25
USUAL_LIST = 20
"""How many items a list without a page is taken for when an answer's size is estimated."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a connection is wanted: `size` items after or before a position."""

    size: int
    backward: bool
    cursor: str | None


def page_arguments(*, backward: bool) -> Sequence[StrawberryArgument]:
    """Relay's arguments; without `last` and `before` for lists that are only read forwards."""
    forth = [
        argument("first", int | None, "How many items, from the beginning or after `after`."),
        argument("after", str | None, "Only items after this cursor."),
    ]
    back = [
        argument("last", int | None, "How many items, from the end or before `before`."),
        argument("before", str | None, "Only items before this cursor."),
    ]
    return [*forth, *back] if backward else forth


def page_of(first: int | None, after: str | None, last: int | None, before: str | None) -> Page:
    """Read Relay's arguments.

    Raises:
        BadPage: first with last, a cursor of the other direction, or a size out of bounds.
    """
    if first is not None and last is not None:
        raise BadPage("Give first or last, not both.")
    if after is not None and before is not None:
        raise BadPage("Give after or before, not both.")
    backward = last is not None or (first is None and before is not None)
    if backward and after is not None:
        raise BadPage("last goes with before. For the items after a cursor use first.")
    if not backward and before is not None:
        raise BadPage("first goes with after. For the items before a cursor use last.")
    size = last if backward else first
    size = DEFAULT_PAGE if size is None else size
    if not 0 <= size <= MAX_PAGE:
        raise BadPage(f"A page has 0 to {MAX_PAGE} items.")
    return Page(size, backward, before if backward else after)


@strawberry.type(description="Where a page stands in its connection.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are items after this page.")
    has_previous_page: bool = strawberry.field(
        description="Whether there are items before this page."
    )
    start_cursor: str | None = strawberry.field(description="The position of the first item.")
    end_cursor: str | None = strawberry.field(description="The position of the last item.")


@strawberry.type(description="One item of a connection, and its position.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Its position, for `after` and `before`.")


@strawberry.type(description="A page of a list, in a fixed order.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items with their positions.")
    nodes: list[T] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="How many items there are on all pages.")


class RowPage:
    """A page of rows: what the fields of a `Connection` read, each made when it is asked for."""

    def __init__(
        self,
        rows: Sequence[Record],
        page: Page,
        cls: type[Row],
        order: str,
        count: Callable[[], Awaitable[int]],
    ) -> None:
        """Rows as a statement gave them: one more than the page's size where there are more."""
        kept = rows[: page.size]
        self._rows = kept[::-1] if page.backward else kept
        self._more = len(rows) > page.size
        self._page, self._cls, self._order, self._count = page, cls, order, count

    @cached_property
    def nodes(self) -> list[Row]:
        """The items."""
        return [self._cls.of(row) for row in self._rows]

    @property
    def edges(self) -> list[Edge[Any]]:
        """The items with their positions."""
        return [
            Edge(node=node, cursor=self._cursor(row))
            for node, row in zip(self.nodes, self._rows, strict=True)
        ]

    @property
    def page_info(self) -> PageInfo:
        """Where the page stands. A cursor is an item, so there is one on its other side."""
        resumed, backward = self._page.cursor is not None, self._page.backward
        return PageInfo(
            has_next_page=resumed if backward else self._more,
            has_previous_page=self._more if backward else resumed,
            start_cursor=self._cursor(self._rows[0]) if self._rows else None,
            end_cursor=self._cursor(self._rows[-1]) if self._rows else None,
        )

    @property
    def total_count(self) -> Awaitable[int]:
        """How many items there are on all pages; counted when it is asked for."""
        return self._count()

    def _cursor(self, row: Record) -> str:
        return write_cursor(self._order, [row[SORTED], row[KEY]])
