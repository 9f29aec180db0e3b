"""Conditions that arguments stand for: each binds the argument of its own name."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.sql import visitors
from strawberry.types.arguments import StrawberryArgument

from schema.engine import node_id
from schema.engine.row import RowField, argument
from schema.engine.statement import RESERVED

Conditions = Mapping[str, ColumnElement[bool]]
"""Conditions by name; each is bound through the bind parameter of the same name."""


@dataclass(frozen=True, slots=True)
class Filter:
    """An argument that narrows a list through the bind parameter of its own name."""

    annotation: Any
    description: str
    condition: ColumnElement[bool]
    default: object = strawberry.UNSET

    def argument(self, name: str) -> StrawberryArgument:
        """The argument that it adds to its field."""
        return argument(name, self.annotation, self.description, self.default)


@dataclass(frozen=True, slots=True)
class Where:
    """The `where` argument: an input whose members are conditions of the same names.

    `ids` gives the node type that members with ids must name.
    """

    annotation: Any
    conditions: Conditions
    ids: Mapping[str, str] = field(default_factory=dict)

    def check(self, declared: RowField) -> None:
        """Refuse members without a condition, and conditions without a member.

        Raises:
            DeclarationError: there are some.
        """
        members = {each.python_name for each in self.annotation.__strawberry_definition__.fields}
        if unlike := members ^ set(self.conditions):
            named = ", ".join(sorted(unlike))
            raise declared.mistake(f"members and conditions of where= differ: {named}.")
        for name, condition in self.conditions.items():
            check_condition(declared, name, condition)

    def given(self, value: Any) -> dict[str, Any]:
        """The members that say something, as binds.

        Raises:
            BadId: a member names another type.
        """
        members = {name: getattr(value, name) for name in self.conditions}
        return {
            name: self._bind(name, member) for name, member in members.items() if is_given(member)
        }

    def _bind(self, name: str, member: Any) -> Any:
        if name in self.ids:
            return node_id.decode_as(self.ids[name], str(member), f"what {name} asks for")
        return plain(member)


def check_condition(declared: RowField, name: str, condition: ColumnElement[bool]) -> None:
    """Refuse a condition that does not bind the argument it stands for.

    Raises:
        DeclarationError: its answer would be the same whatever the argument says.
    """
    binds = {each.key for each in visitors.iterate(condition) if isinstance(each, BindParameter)}
    if name not in binds:
        raise declared.mistake(f"the condition {name} has no bindparam({name!r}).")
    if name in RESERVED:
        raise declared.mistake(f"{name} is a bind of the engine's own. Name it otherwise.")


def is_given(value: object) -> bool:
    """Whether an argument says anything: null and absence are the same to a condition."""
    return value is not None and value is not strawberry.UNSET


def plain(value: Any) -> Any:
    """A value as it is bound: an enum's word instead of the enum."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def hashable(given: Mapping[str, Any]) -> Hashable:
    """The same for equal binds."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(given.items())
    )
