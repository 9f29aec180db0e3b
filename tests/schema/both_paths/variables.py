"""The variables of an operation that is being written: declared, given, defaulted, left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import GraphQLInputType, GraphQLNonNull

from tests.schema.both_paths.values import Variable, literal

_NONE = object()


@dataclass(frozen=True, slots=True)
class Declared:
    """One variable: its name and type, its default if it has one, and what it may be given."""

    name: str
    type: str
    default: Any
    draw: Callable[[], Any]
    omissible: bool

    @property
    def text(self) -> str:
        default = "" if self.default is _NONE else f" = {literal(self.default)}"
        return f"{self.name}: {self.type}{default}"


class Variables:
    """All variables of one operation."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._declared: list[Declared] = []
        self._reusable: dict[tuple[str, str], Variable] = {}

    def use(
        self,
        type_: GraphQLInputType,
        purpose: str,
        draw: Callable[[], Any],
        *,
        needed: bool = False,
    ) -> Variable:
        """The use of a variable in a place of this type; one that serves it already, or a new one.

        Args:
            needed: it must always have one of the drawn values: it is never left out.
        """
        key = (purpose, str(type_))
        if key in self._reusable and self._random.random() < 0.4:
            return self._reusable[key]
        declared = self._new(type_, draw, needed=needed)
        self._declared.append(declared)
        self._reusable[key] = Variable(declared.name)
        return self._reusable[key]

    def _new(self, type_: GraphQLInputType, draw: Callable[[], Any], *, needed: bool) -> Declared:
        nullable = not isinstance(type_, GraphQLNonNull)
        inner = type_ if nullable else type_.of_type  # type: ignore[union-attr]
        given = self._random.random() < 0.3
        default = draw() if given else _NONE
        # With a default, a variable that may be null fits where null may not stand.
        written = str(inner) if given or (nullable and not needed) else f"{inner}!"
        return Declared(
            f"$v{len(self._declared)}",
            written,
            default,
            draw,
            omissible=not needed and (given or nullable),
        )

    @property
    def header(self) -> str:
        """The declarations, in parentheses."""
        return f"({', '.join(each.text for each in self._declared)})" if self._declared else ""

    def given(self) -> dict[str, Any]:
        """Values for all that are not left out, drawn anew each time."""
        chance = self._random.random
        values = {
            each.name[1:]: each.draw()
            for each in self._declared
            if not (each.omissible and chance() < 0.25)
        }
        return json.loads(json.dumps(values))  # type: ignore[no-any-return]
