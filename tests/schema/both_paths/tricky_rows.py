"""Rows that are hard to read: everything a column may hold, made from the tables themselves.

Each value is drawn from a small pool, so that sort keys tie. The last row of each table is
referred to by none, so that there are empty lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.types import Text

from server.store import tables as t

TEXTS = (
    "plain",
    "",
    " ",
    "O'Hara said \"it\\'s down\" \\ back\\\\slash",
    r"\u0000",
    '"\\u0000"',
    "null",
    "emoji 🧨 👩‍👩‍👧 🇺🇦",
    "\N{HEBREW LETTER ALEF}\u202e\N{HEBREW LETTER BET}\u202c \N{ARABIC LETTER BEH}",
    "e\u0301 é n\u0303 ﬀ ß İ",
    "\x01\x02\x1f\x7f\x80 \t\n\r\b\f\v",
    "line\u2028paragraph\u2029end",
    "</script><!-- & %s {0} $1 :name %% ?",
    "\ufeff\ufffe\uffff\U0010ffff \U0001d4b3",
    '{"a": [1, null]}',
    "Ann Example",
    "plain",
)
LONG = "A very long text, 'quoted' \\ and \"quoted\". " * 150

MOMENTS = tuple(
    datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(**part)
    for part in (
        {},
        {"microseconds": 1},
        {"microseconds": 500_000},
        {"microseconds": 120_000},
        {"microseconds": 999_999},
        {"hours": 12},
        {"hours": 11, "minutes": 59, "seconds": 59, "microseconds": 123_456},
        {"days": -9_000},
        {"days": 20_000, "seconds": 1},
        {},
    )
)
SPANS = tuple(
    timedelta(**part)
    for part in (
        {},
        {"microseconds": 1},
        {"minutes": 14},
        {"hours": 1, "seconds": 1},
        {"days": 1},
        {"days": 400, "hours": 23, "minutes": 59, "seconds": 59, "microseconds": 990_000},
        {"seconds": 3_599, "microseconds": 500_000},
        {"hours": 24},
    )
)
DAYS = (date(2000, 2, 29), date(2026, 3, 1), date(2026, 3, 1), date(2999, 12, 31))
NUMBERS = (0, 1, 2, 7, 2**31 - 1)
SHARES = (0.0, 1.0, 0.5, 1e-7, 0.1 + 0.2, 1 / 3, 0.5, 0.9999999999999999)

POOLS: Mapping[str, Sequence[Any]] = {
    "repository": ("acme/web", "acme/it's", "Ünï/čode"),
    "sha": ("0" * 40, "ab" * 20, "c0ffee"),
    "environment": ("production", "prod-eu", "staging", "Прод", ""),
    "provider": ("github", "jira"),
    "edited": ([],),
    "postmortem.missing": ([], ["A summary: what happened."], ["", '"it\'s" missing', "Ünï"]),
    "questions": ([], ["plain"], list(TEXTS)),
    "next_questions": ("", "Why?", "Why?\nWhat else?", "\n"),
    "next_questions_redacted": ("", "Why so?\n", "one\ntwo\nthree"),
    "subject_id": tuple(UUID(int=number) for number in range(1, 9)),
    "rank": (1, 2, 3, 3, 4),
    "depth": (1,),
}
"""By the name of a column, or of one table's."""
"""What columns of these names hold, where it matters that rows meet."""

SIZES: Mapping[Table, int] = {
    t.team: 5,
    t.person: 11,
    t.identity: 14,
    t.other_name: 14,
    t.service: 9,
    t.service_source: 14,
    t.service_dependency: 14,
    t.deployment: 16,
    t.deployment_redirect: 4,
    t.pull_request: 10,
    t.pull_request_dependency: 12,
    t.deployment_pull_request: 20,
    t.incident: 15,
    t.likely_same: 16,
    t.similar: 40,
    t.incident_service: 20,
    t.incident_channel: 24,
    t.responder: 22,
    t.hypothesis: 12,
    t.timeline_entry: 60,
    t.timeline_revision: 20,
    t.hypothesis_evidence: 14,
    t.why: 25,
    t.why_evidence: 16,
    t.action_item: 20,
    t.check_in: 30,
    t.post: 6,
    t.reminder: 40,
    t.recurrence: 20,
    t.held_review: 12,
    t.ticket: 16,
    t.action_item_change: 50,
    t.postmortem: 12,
    t.attribution: 15,
    t.attribution_candidate: 30,
    t.suspect: 30,
    t.delivery: 24,
    t.moment: 40,
    t.why_open: 12,
}
"""How many rows there are at most: those that clash are left out."""


_MERGED = (4, 9)
"""Which of the incidents became part of the first one."""


class TrickyRows:
    """Makes the rows of one table after another, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._ids: dict[str, list[UUID]] = {}

    def all(self) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
        """Every table with its rows, those referred to before those that refer."""
        for table, size in SIZES.items():
            yield table, self._rows(table, size)

    def leads(self) -> list[dict[str, Any]]:
        """The people who lead teams: teams come before people."""
        return [
            {"team": team, "lead": self._random.choice(self._ids["person"])}
            for team in self._ids["team"][1:]
        ]

    def _rows(self, table: Table, size: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        taken: set[object] = set()
        for number in range(1, size + 1):
            row = {column.name: self._value(column, number) for column in table.columns}
            self._judge(row)
            self._complete(table, row, rows)
            keys = set(_keys(table, row))
            if keys & taken or row.get("service_id") == row.get("depends_on_id", ""):
                continue
            taken |= keys
            rows.append(row)
            if "id" in row:
                self._ids.setdefault(table.name, []).append(row["id"])
        return rows

    def _complete(
        self, table: Table, row: dict[str, Any], earlier: Sequence[dict[str, Any]]
    ) -> None:
        """What the values of a row owe to each other."""
        if table is t.incident:
            row["merged_into_id"] = earlier[0]["id"] if len(earlier) in _MERGED else None
        if table is t.attribution:
            row["incident_id"] = self._ids["incident"][len(earlier)]
            row["verdict_at"] = row["verdict_at"] or MOMENTS[1]
        if table is t.attribution_candidate:
            row["evidence"], row["evidence_redacted"] = self._evidence(), None
            if self._random.random() < 0.5:
                row["evidence_redacted"] = self._evidence()
        if table is t.action_item:
            choose = self._random.choice
            row["findings"] = [
                {"missing": choose(("WHAT", "WHERE")), "advice": choose(TEXTS)}
                for _ in range(self._random.randrange(3))
            ]
        if table is t.ticket and row["external_id"]:
            choose = self._random.choice
            row |= {name: choose(TEXTS) for name in ("key", "url", "status")}
            row["synced_at"] = choose(MOMENTS)
        if table is t.why and earlier and earlier[-1]["depth"] < 5:
            above = earlier[-1]
            row |= {"parent_id": above["id"], "depth": above["depth"] + 1}
            row["incident_id"] = above["incident_id"]

    def _evidence(self) -> list[dict[str, Any]]:
        choose = self._random.choice
        return [
            {
                "kind": choose(TEXTS),
                "detail": choose((*TEXTS, LONG)),
                "contribution": choose(SHARES),
            }
            for _ in range(self._random.randrange(4))
        ]

    def _judge(self, row: dict[str, Any]) -> None:
        """Put findings where findings are kept; none where nobody judged."""
        for name in row:
            text, is_finding, _ = name.partition("_findings")
            if is_finding:
                row[name] = self._random.choice((None, self._findings(text)))

    def _findings(self, field: str) -> list[dict[str, Any]]:
        choose = self._random.choice
        return [
            {
                "field": field,
                "rule": choose(TEXTS),
                "start": choose(NUMBERS),
                "end": choose(NUMBERS),
                "text": choose((*TEXTS, LONG)),
                "advice": choose(TEXTS),
            }
            for _ in range(self._random.randrange(3))
        ]

    def _value(self, column: Column[Any], number: int) -> Any:
        choose = self._random.choice
        if column.primary_key and column.name == "id":
            return UUID(int=self._random.getrandbits(128))
        if column.nullable and self._random.random() < 0.35:
            return None
        if column.foreign_keys:
            return self._reference(column)
        if words := words_of(column):
            return choose(words)
        if _is_unique(column):
            return number if column.name == "number" else f"{choose(TEXTS)[:40]}{number}"
        if column.name == "source" and column.table is t.service_source:
            return choose(("repository", "pagerduty"))
        pool = POOLS.get(str(column), POOLS.get(column.name))
        if pool is not None:
            return choose(pool)
        return choose(self._pool(column))

    def _reference(self, column: Column[Any]) -> UUID | None:
        (key,) = column.foreign_keys
        known = self._ids.get(key.column.table.name, [])
        if not known:
            return None
        return self._random.choice(known[:-1] or known)

    def _pool(self, column: Column[Any]) -> Sequence[Any]:
        if isinstance(column.type, Text):
            # PostgreSQL cannot hold a long text in an index.
            return TEXTS if column.type.collation else (*TEXTS, LONG)
        try:
            kind = column.type.python_type
        except NotImplementedError:
            kind = object
        pools: Mapping[type, Sequence[Any]] = {
            datetime: MOMENTS,
            timedelta: SPANS,
            date: DAYS,
            int: NUMBERS,
            float: SHARES,
            bool: (False, True),
        }
        return pools.get(kind, (None,))


def words_of(column: Column[Any]) -> list[str]:
    """The words that a check allows the column."""
    for constraint in column.table.constraints:
        if isinstance(constraint, CheckConstraint):
            text = str(constraint.sqltext)
            if text.startswith(f"{column.name} in "):
                return re.findall(r"'(\w+)'", text)
    return []


def _is_unique(column: Column[Any]) -> bool:
    """Whether rows may not have the same value of this column, alone or with others."""
    named = column.name in ("number", "external_id")
    return named or (bool(column.unique) and not column.foreign_keys)


def _keys(table: Table, row: Mapping[str, Any]) -> Iterator[object]:
    """What no other row of the table may have."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint):
            names = [column.name for column in constraint.columns]
            values = [row[name] for name in names]
            if None not in values:
                yield (*names, *values)
