"""The golden queries of this folder: what they ask, of whom, and what is written down of them.

A query is a file `name.graphql`. Its comments say what it is for, and, where need be, in lines of
their own, `# variables: {…}`, `# viewer: scope scope` (an admin by default), and `# scans: table`
for what it may read as a whole. Beside it stand `name.json`, the answer on the rows of `data.sql`,
and `name.sql`, the one statement that makes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import orjson

from server.domain.viewer import Scope, Viewer
from server.operation import Operation
from tests.schema.conftest import ADMIN

FOLDER = Path(__file__).parent
REWRITE = "WHYCHAIN_TEST_REWRITE"


@dataclass(frozen=True)
class Golden:
    """One golden query."""

    path: Path

    @cached_property
    def text(self) -> str:
        """The document."""
        return self.path.read_text("utf-8")

    @property
    def operation(self) -> Operation:
        """What is asked."""
        return Operation(self.text, None, orjson.loads(self._said("variables") or "{}"))

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        scopes = frozenset(Scope(each) for each in (self._said("viewer") or "").split())
        return Viewer("token:golden", "golden", scopes) if scopes else ADMIN

    @property
    def scans(self) -> set[str]:
        """The tables of which it may read every row."""
        return set((self._said("scans") or "").split())

    def _said(self, what: str) -> str | None:
        found = re.search(rf"^# {what}: (.*)$", self.text, re.MULTILINE)
        return found[1] if found else None

    def differences(self, answer: bytes, sql: str) -> Sequence[str]:
        """The files that say something else; written anew where that is asked for."""
        shown = orjson.dumps(orjson.loads(answer), option=orjson.OPT_INDENT_2).decode() + "\n"
        made = {self.path.with_suffix(".json"): shown, self.path.with_suffix(".sql"): sql}
        if REWRITE in os.environ:
            for path, content in made.items():
                path.write_text(content, "utf-8")
        return [
            path.name
            for path, content in made.items()
            if not path.exists() or path.read_text("utf-8") != content
        ]


def goldens() -> Sequence[Golden]:
    """All golden queries, by name."""
    return [Golden(path) for path in sorted(FOLDER.glob("*.graphql"))]
