"""Page arguments, and pages made of rows."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.engine.errors import BadPage
from schema.engine.pages import DEFAULT_PAGE, MAX_PAGE, Page, RowPage, page_of
from schema.engine.row import KEY, Row
from schema.engine.statement import SORTED


@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        ((None, None, None, None), Page(DEFAULT_PAGE, backward=False, cursor=None)),
        ((3, None, None, None), Page(3, backward=False, cursor=None)),
        ((0, "c", None, None), Page(0, backward=False, cursor="c")),
        ((None, "c", None, None), Page(DEFAULT_PAGE, backward=False, cursor="c")),
        ((None, None, 3, None), Page(3, backward=True, cursor=None)),
        ((None, None, MAX_PAGE, "c"), Page(MAX_PAGE, backward=True, cursor="c")),
        ((None, None, None, "c"), Page(DEFAULT_PAGE, backward=True, cursor="c")),
    ],
)
def test_arguments_choose_a_part(arguments: Any, page: Page) -> None:
    assert page_of(*arguments) == page


@pytest.mark.parametrize(
    "arguments",
    [
        (1, None, 1, None),
        (None, "a", None, "b"),
        (None, "a", 1, None),
        (1, None, None, "b"),
        (-1, None, None, None),
        (MAX_PAGE + 1, None, None, None),
        (None, None, -1, None),
        (None, None, MAX_PAGE + 1, None),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: Any) -> None:
    with pytest.raises(BadPage):
        page_of(*arguments)


class Item(Row):
    """A row without a table."""


def numbers(page: RowPage) -> list[int]:
    return [node.row[SORTED] for node in page.nodes]


@given(
    rows=st.integers(0, 8), size=st.integers(0, 8), backward=st.booleans(), resumed=st.booleans()
)
def test_a_page_keeps_its_size_and_says_what_is_around(
    rows: int, size: int, backward: bool, resumed: bool
) -> None:
    # A statement gives one more than the size, from the page's own end.
    fetched: list[Any] = [{SORTED: n, KEY: UUID(int=n)} for n in range(min(rows, size + 1))]

    async def count() -> int:
        return rows

    page = RowPage(fetched, Page(size, backward, "c" if resumed else None), Item, "o", count)
    kept = list(range(min(rows, size)))
    assert numbers(page) == (kept[::-1] if backward else kept)
    info = page.page_info
    ahead, behind = rows > size, resumed
    assert (info.has_next_page, info.has_previous_page) == (
        (behind, ahead) if backward else (ahead, behind)
    )
    cursors = [edge.cursor for edge in page.edges]
    assert (info.start_cursor, info.end_cursor) == (
        (cursors[0], cursors[-1]) if cursors else (None, None)
    )
    assert [edge.node for edge in page.edges] == page.nodes
