"""Rows full of names: whatever text a column may hold tells of a person, in every way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column

from server.store import tables as t
from tests.schema.both_paths.tricky_rows import TrickyRows, words_of

NAME, NICKNAME, HANDLE, EMAIL = "Rosalind Vane", "Zindy", "rozvane", "rosalind@vane.example"
SAYS = f"{NAME} ({NICKNAME}, @{HANDLE}, {EMAIL}) said so; Rosalind's fix by R. Vane. R.V. agrees"
SECRETS = ("rosalind", "vane", "zindy", "r.v.", "roz")

_SYSTEM = """
connection environment event external_id integration key merge_sha model provider repository sha
slug source status trouble url
"""
_OF_THE_SYSTEM = frozenset(_SYSTEM.split())
"""Names of columns that hold what systems call things; a name in them is the name of a thing."""

_NAMES_OF_THINGS = (t.team.c.name, t.service.c.name, t.incident_channel.c.name)
_OUR_OWN_WORDS = (t.likely_same.c.reason,)

_IN_SHORT = {
    "person.name": NAME,
    "identity.handle": HANDLE,
    "other_name.name": NICKNAME,
    "deployment.ref": f"{HANDLE}/fix-lag",
}


class NamedRows(TrickyRows):
    """Tricky rows in which every text is somebody's, but for what systems call things."""

    def _value(self, column: Column[Any], number: int) -> Any:
        value = super()._value(column, number)
        if column is t.person.c.email:
            return f"{number}.{EMAIL}"
        if not isinstance(value, str) or not _is_told(column):
            return value
        rendered = column.name.endswith("_redacted")
        return None if rendered else _IN_SHORT.get(str(column), SAYS)

    def _evidence(self) -> list[dict[str, Any]]:
        return [{"kind": "TITLE", "detail": SAYS, "contribution": 0.5}]


def _is_told(column: Column[Any]) -> bool:
    """Whether a column holds what people say, or who they are."""
    if column.name in _OF_THE_SYSTEM or words_of(column):
        return False
    return all(column is not each for each in (*_NAMES_OF_THINGS, *_OUR_OWN_WORDS))
