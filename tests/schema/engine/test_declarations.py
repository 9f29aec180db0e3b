"""Declarations: a mistake is found at start, and the message names the line to change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import strawberry
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Interval,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
)
from sqlalchemy.dialects.postgresql import UUID

from schema.engine.conditions import Filter, Where
from schema.engine.connections import Sorts, connection
from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one, ref, same
from schema.engine.errors import DeclarationError
from schema.engine.pages import Connection
from schema.engine.roots import Key, lookup
from schema.engine.row import REGISTRY, Row
from schema.engine.seal import seal

pytestmark = pytest.mark.usefixtures("nothing_declared")

_METADATA = MetaData()

book = Table(
    "book",
    _METADATA,
    Column("id", UUID, primary_key=True),
    Column("title", Text, nullable=False),
    Column("subtitle", Text),
    Column("sold", BigInteger, nullable=False),
    Column("printed_at", DateTime(timezone=True), nullable=False),
    Column("lent_for", Interval, nullable=False),
    Column("shelf", Integer, nullable=False),
    Column("author_id", UUID, ForeignKey("author.id")),
)
author = Table(
    "author", _METADATA, Column("id", UUID, primary_key=True), Column("name", Text, nullable=False)
)
wrote = Table(
    "wrote",
    _METADATA,
    Column("author_id", UUID, primary_key=True),
    Column("book_id", UUID, primary_key=True),
)

OF_BOOKS = f"{Connection.__name__}[Book] | None"
"""An annotation: it is resolved in this module, so the name has to be known in it."""

BY_TITLE = Sorts(None, {"TITLE": book.c.title}, descending=False)


@strawberry.input
class BookWhere:
    title: str | None = strawberry.UNSET


TITLED = {"title": book.c.title == bindparam("title", type_=Text)}


def declared(table: Table = book, **members: Any) -> None:
    """Declare and seal a type `Book` with these fields: name → (annotation, field)."""
    body = {
        "__doc__": "A book.",
        "__annotations__": {name: annotation for name, (annotation, _) in members.items()},
        **{name: found for name, (_, found) in members.items()},
    }
    rows(table)(type("Book", (Row,), body))
    seal([])


def rooted(annotation: Any, found: Any) -> None:
    """Seal a root with one field `it`, beside a sound type `Book`."""

    @rows(book, prefix="boo")
    class Book(Node):
        """A book."""

        title: str = column("Its title.")

    root = type("Query", (), {"__annotations__": {"it": annotation}, "it": found})
    seal([strawberry.type(root)])


def test_a_sound_declaration_is_taken() -> None:
    rooted(OF_BOOKS, connection("All.", sorts=BY_TITLE))
    assert list(REGISTRY["Book"].columns) == ["title"]


@pytest.mark.parametrize(
    ("annotation", "found", "message"),
    [
        ("str", column("A."), "Book.it: book has no column it."),
        (str, column("A.", author.c.name), "Book.it: author.name is no column of book."),
        ("Book", one("A.", author.c.id), "Book.it: author.id is no column of book."),
        ("Unheard", column("A.", book.c.title), "Book.it: name 'Unheard' is not defined."),
        (str, column("A.", book.c.subtitle), "Book.it: the column may be null"),
        (str | None, column("A.", book.c.title), "Book.it: the column is never null"),
        (int, column("A.", book.c.sold), "Book.it: the column has 64 bits"),
        (str, column("A.", book.c.shelf), "Book.it: the column is int."),
        (int, column("A.", book.c.title), "Book.it: the column is str."),
        ("str", one("A.", book.c.author_id), "Book.it: it does not lead to a declared row type."),
        ("list[Book]", one("A.", book.c.id), "Book.it: one() leads to one row"),
        ("Book", one("A.", book.c.author_id), "Book.it: the column may be null"),
        ("Book", one("A.", book.c.id, book.c.title), "Book.it: several rows may have the same"),
        ("Book", same("A."), "Book.it: it has to lead to another type over book."),
        ("list[Book]", many("A."), "Book.it: give via= or through=, one of them."),
        (
            "list[Book]",
            many("A.", via=book.c.author_id, through=(wrote.c.author_id, wrote.c.book_id)),
            "Book.it: give via= or through=, one of them.",
        ),
        (
            "list[Book]",
            many("A.", via=wrote.c.book_id),
            "Book.it: via= has to be a column of book.",
        ),
        (
            "list[Book]",
            many("A.", through=(wrote.c.author_id, author.c.id)),
            "Book.it: through= has to be two columns of one table.",
        ),
        ("list[Book] | None", many("A.", via=book.c.author_id), "Book.it: many() is never null"),
        (
            "list[Book]",
            many(
                "A.",
                via=book.c.author_id,
                filters={"like": Filter(str, "A.", book.c.title == bindparam("title"))},
            ),
            "Book.it: the condition like has no bindparam('like').",
        ),
        (
            "list[Book]",
            many(
                "A.",
                via=book.c.author_id,
                filters={"keys": Filter(str, "A.", book.c.title == bindparam("keys"))},
            ),
            "Book.it: keys is a bind of the engine's own",
        ),
        (
            OF_BOOKS,
            connection("A.", sorts=BY_TITLE),
            "Book.it: give via= or through=: whose items are they?",
        ),
    ],
)
def test_a_wrong_field_of_a_type_is_refused(annotation: Any, found: Any, message: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        declared(it=(annotation, found))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("annotation", "found", "message"),
    [
        ("list[Book]", connection("A.", sorts=BY_TITLE), "a connection is annotated"),
        (
            OF_BOOKS,
            connection("A.", sorts=Sorts(None, {"BY": book.c.subtitle}, descending=False)),
            "the order BY is by a column that may be null.",
        ),
        (
            OF_BOOKS,
            connection("A.", sorts=Sorts(None, {"BY": book.c.lent_for}, descending=False)),
            "no cursor can hold the column of the order BY.",
        ),
        (
            OF_BOOKS,
            connection("A.", sorts=BY_TITLE, where=Where(BookWhere, {})),
            "members and conditions of where= differ: title.",
        ),
        (
            OF_BOOKS,
            connection(
                "A.",
                sorts=BY_TITLE,
                where=Where(BookWhere, TITLED),
                filters={"title": Filter(str | None, "A.", TITLED["title"])},
            ),
            "title is both a filter and a member of where=.",
        ),
        ("Book", lookup("A.", keys={}, ways=[("id",)]), "it may find nothing"),
        ("Book | None", one("A.", book.c.id), "it stands on no row type."),
        (str, column("A.", book.c.title), "it stands on no row type."),
        ("Book | None", lookup("A.", keys={}, ways=[("isbn",)]), "it has no key isbn."),
        (
            "Book | None",
            lookup("A.", keys={"t": Key(str, "A.", TITLED["title"])}, ways=[("t",)]),
            "the condition t has no bindparam('t').",
        ),
    ],
)
def test_a_wrong_root_is_refused(annotation: Any, found: Any, message: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        rooted(annotation, found)
    assert str(refused.value).startswith(f"Query.it: {message}")


def test_a_column_that_is_never_null_here_may_be_null_elsewhere() -> None:
    declared(it=(str, column("A.", book.c.subtitle, never_null=True)))


@pytest.mark.parametrize("key", [("isbn",), ("title", "subtitle"), ("printed_at",), ("loud",)])
def test_a_key_is_made_of_columns_of_text_or_numbers(key: tuple[str, ...]) -> None:
    @rows(book, prefix="boo", keys=[("id",), ("title", "shelf"), key])
    class Book(Node):
        """A book."""

        title: str = column("Its title.")
        subtitle: str | None = column("What stands below it.")
        shelf: int = column("Where it stands.")
        printed_at: datetime = column("When it was printed.")
        loud: str = column("Its title, aloud.", func.upper(book.c.title, type_=Text))

    with pytest.raises(DeclarationError, match=rf"^Book: {key[-1]} is no key: it has to be"):
        seal([])


def test_two_fields_may_not_read_one_label_differently() -> None:
    aliased = book.c.title.label("id")
    with pytest.raises(DeclarationError, match=r"^Book\.b: _id means two different things"):
        declared(a=("Book | None", one("A.", book.c.id)), b=("Book | None", one("A.", aliased)))


def test_a_type_without_a_docstring_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"^Silent has no docstring"):
        rows(book)(type("Silent", (Row,), {}))


def test_two_types_may_not_share_a_name_or_a_prefix() -> None:
    rooted(OF_BOOKS, connection("All.", sorts=BY_TITLE))
    with pytest.raises(DeclarationError, match=r"^Book is declared twice"):
        rows(book)(type("Book", (Row,), {"__doc__": "A book."}))
    with pytest.raises(DeclarationError, match=r"^Tome: the prefix 'boo' is Book's"):
        rows(book, prefix="boo")(type("Tome", (Node,), {"__doc__": "A tome."}))


@pytest.mark.parametrize(("base", "prefix"), [(Row, "boo"), (Node, None)])
def test_a_node_has_a_prefix_and_a_row_has_none(base: type, prefix: str | None) -> None:
    with pytest.raises(DeclarationError, match="a Node has a prefix, a Row has none"):
        rows(book, prefix=prefix)(type("Book", (base,), {"__doc__": "A book."}))


@pytest.mark.parametrize("prefix", ["b", "books!", "BOO"])
def test_a_prefix_is_a_few_small_letters(prefix: str) -> None:
    with pytest.raises(DeclarationError, match="two to five small letters"):
        rows(book, prefix=prefix)(type("Book", (Node,), {"__doc__": "A book."}))


def test_a_table_of_two_keys_needs_to_be_told_which() -> None:
    with pytest.raises(DeclarationError, match=r"^Wrote: wrote has no single key; give key="):
        rows(wrote)(type("Wrote", (Row,), {"__doc__": "Who wrote what."}))


def test_a_payload_may_only_name_rows_that_a_key_names() -> None:
    @rows(wrote, key=wrote.c.book_id)
    class Wrote(Row):
        """Who wrote what."""

    payload = type("Payload", (), {"__annotations__": {"it": "Wrote | None"}, "it": ref("A.")})
    with pytest.raises(DeclarationError, match=r"^Payload\.it: several rows may have the same"):
        seal([strawberry.type(payload)])
