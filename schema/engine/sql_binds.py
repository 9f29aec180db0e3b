"""The binds of a statement: each field's arguments under names that no other field has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.sql import visitors

from schema.engine.plan import Selected
from schema.engine.row import Ask, RowField
from schema.engine.sql_scope import Scope


@dataclass(slots=True)
class Binds:
    """What the fields of a plan ask for, and the binds that were made of it.

    `made` says where the value of each bind comes from: whose arguments, which name.
    """

    asks: Sequence[Ask]
    made: dict[str, tuple[int, str]] = field(default_factory=dict)

    def ask(self, selected: Selected) -> tuple[int, Ask]:
        """The position and the arguments of a field; -1 where it has none."""
        if selected.asked is None:
            return -1, Ask((), (), {})
        return selected.asked.position, self.asks[selected.asked.position]

    def shape(self, selected: Selected) -> Any:
        """The shape of a field's arguments."""
        return self.ask(selected)[1].shape

    def conditions(
        self, declared: RowField, selected: Selected, inner: Scope
    ) -> list[ColumnElement[bool]]:
        """The conditions that a field's arguments set on the rows it leads to."""
        conditions = declared.conditions(self.ask(selected)[1].narrowing)
        return [self.own(inner.own(each), selected) for each in conditions]

    def own(self, expression: ColumnElement[Any], selected: Selected) -> Any:
        """An expression whose binds are the arguments of this field, and of no other."""
        position, ask = self.ask(selected)

        def own(part: Any, **_: Any) -> Any:
            if not isinstance(part, BindParameter) or part.key not in ask.binds:
                return None
            # Not "key_1": SQLAlchemy names constants so.
            name = f"of{position}_{part.key}"
            self.made[name] = (position, part.key)
            return bindparam(name, type_=part.type)

        replace: Any = own
        return visitors.replacement_traverse(expression, {}, replace)
