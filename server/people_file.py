"""A CSV file of people: one a line, with who they are to each vendor.

    name,email,team,github_id,github_handle,pagerduty_id,slack_id
    Ada Lovelace,ada@example.com,payments,1234,ada-l,PADA,U024BE7LH

Only `name` is needed; a cell that is empty says nothing.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from server.commands.person import Identity, Upsert
from server.domain.catalog import plain_email
from server.errors import Problem, WhychainError

MOST = 10_000
"""People of one file."""

_OWN = ("name", "email", "team")
_OF_PROVIDER = re.compile(r"([a-z0-9][a-z0-9_-]*)_(id|handle)")

Cells = dict[str, str]


class PeopleFileError(WhychainError):
    """A file of people that cannot be taken: every mistake in it, with its line."""


def read(file: Path) -> list[Upsert]:
    """The people of a file, in its order, from its second line on.

    Raises:
        PeopleFileError: it cannot be read, or anything in it is wrong.
    """
    try:
        rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), strict=True))
    except OSError as trouble:
        raise PeopleFileError(f"{file}: it cannot be read: {trouble.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise PeopleFileError(f"{file}: it is no CSV in UTF-8.") from None
    header = [name.strip() for name in rows[0]] if rows else []
    mistakes = list(_of_header(header)) or list(_of_rows(header, rows[1:]))
    if len(rows) > MOST + 1:
        mistakes = [f"it has more than {MOST} people: cut it up."]
    if not mistakes:
        lines = [dict(zip(header, map(str.strip, row), strict=True)) for row in rows[1:]]
        mistakes = list(_doubles(lines))
    if mistakes:
        raise PeopleFileError("\n".join(f"{file}: {each}" for each in mistakes))
    return [_person(cells) for cells in lines]


def told(file: Path, problems: Sequence[Problem]) -> PeopleFileError:
    """What is wrong with the people themselves, by their lines."""
    lines = []
    for each in problems:
        index, *field = each.field
        lines.append(f"{file}: line {int(index) + 2}: {'.'.join(field)}: {each.message}")
    return PeopleFileError("\n".join(lines))


def _of_header(header: Sequence[str]) -> Iterator[str]:
    if "name" not in header:
        yield "line 1: there is no column name."
    for column in header:
        if header.count(column) > 1:
            yield f"line 1: the column {column} is there twice."
        elif column not in _OWN and not _OF_PROVIDER.fullmatch(column):
            yield f"line 1: {column!r} is none of name, email, team, …_id, …_handle."
        elif column.endswith("_handle") and f"{column.removesuffix('handle')}id" not in header:
            yield f"line 1: {column} tells nobody without {column.removesuffix('handle')}id."


def _of_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            yield f"line {number}: it has {len(row)} cells in place of {len(header)}."


def _doubles(lines: Sequence[Cells]) -> Iterator[str]:
    """What two lines claim: they would become one person, the later line winning."""
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(lines, 2):
        for column, cell in cells.items():
            claim = column, plain_email(cell) if column == "email" else cell
            of_somebody = column == "email" or column.endswith("_id")
            if cell and of_somebody and seen.setdefault(claim, number) != number:
                yield f"line {number}: {column}: it is that of line {seen[claim]} already."


def _person(cells: Cells) -> Upsert:
    return Upsert(
        cells["name"],
        email=cells.get("email") or None,
        team=cells.get("team") or None,
        identities=tuple(
            Identity(provider, cell, cells.get(f"{provider}_handle") or None)
            for column, cell in cells.items()
            if cell and column.endswith("_id")
            for provider in [column.removesuffix("_id")]
        ),
    )
