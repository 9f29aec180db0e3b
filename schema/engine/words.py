"""Enums and their words: each value described where it is defined."""

from enum import StrEnum
from typing import Any, TypeVar

import strawberry
from strawberry.types.enum import EnumValue

E = TypeVar("E", bound=type[StrEnum])


def words(name: str | None = None) -> Any:
    """Make an enum whose members carry a `meaning` one of the API, described by them."""

    def declare(enum: E) -> E:
        description = (enum.__doc__ or "").strip().partition("\n\n")[0]
        strawberry.enum(enum, name=name or enum.__name__, description=description)
        definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]
        definition.values = [
            EnumValue(member.name, member.value, description=member.meaning)  # type: ignore[attr-defined]
            for member in enum
        ]
        return enum

    return declare
