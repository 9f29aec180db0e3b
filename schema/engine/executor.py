"""Execution: graphql-core's, with short ways for what lies in rows.

graphql-core spends about 5 µs on every field of every row: it makes a path and an info object,
looks for arguments, calls the resolver through Strawberry's wrappers and asks five times whether
something is awaitable. What has to be awaited costs ten times as much: a task for each row. So

- a column is read from the row directly;
- before a list of rows is answered, the rows that they lead to are fetched, for all of the list
  at once: then nothing about them is awaitable any more;
- such a row is answered directly as well, where only columns of it are selected.

Everything else, and any value that is not as it should be, goes the usual way, errors included.
"""

from asyncio import Future, wait
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from graphql import (
    Executor,
    GraphQLField,
    GraphQLObjectType,
    TypeNameMetaFieldDef,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from schema.engine.edges import OneField, read_keyed
from schema.engine.pages import Edge
from schema.engine.row import Row, RowField
from schema.engine.subtrees import Written

Selection = dict[str, Any]
"""The fields of a selection by their names in the answer, as graphql-core collects them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A field whose value the row holds: how it is read, and how it is written."""

    name: str
    read: Callable[[Row], Any]
    write: Callable[[Any], Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A field that leads to one row of which only held fields are selected."""

    name: str
    field: OneField
    plan: "Plan"
    nullable: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How a selection on rows of one type is answered.

    `selection` is kept because plans are found by its identity; `blank` is the answer's shape.
    `ahead` are the fields that lead to rows which a list of these rows fetches beforehand.
    """

    selection: Selection
    blank: dict[str, None]
    held: Sequence[Held]
    near: Sequence[Near]
    usual: Selection
    ahead: Sequence[OneField]


class RowExecutor(Executor[Any]):
    """Executes one operation. Its context has to offer a `reading`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._plans: dict[int, Plan] = {}

    def build_per_event_executor(self, payload: Any) -> "RowExecutor":
        """An executor of one event, with a memory of its own.

        What is remembered goes by the identity of lists that are others for each event: shared,
        as graphql-core has it, it would grow for as long as somebody follows.
        """
        of_event: Any = super().build_per_event_executor(payload)
        of_event._relevant_sub_fields, of_event._plans = {}, {}
        executor: RowExecutor = of_event
        return executor

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Selection,
        position_context: Any,
    ) -> Any:
        """The answer to a selection."""
        usual = super().execute_fields
        if not isinstance(source_value, Row):
            return usual(parent_type, source_value, path, grouped_field_set, position_context)
        plan = self._plan(parent_type, grouped_field_set)
        answer: dict[str, Any] = plan.blank.copy()
        left = self._fill(answer, plan, source_value)
        if not left:
            return answer
        rest: Any = usual(parent_type, source_value, path, left, position_context)
        if self.is_awaitable(rest):
            return _merged(answer, rest)
        answer.update(rest)
        return answer

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """The answer to a value; JSON that was written already goes in as it is."""
        if isinstance(result, Written):
            return orjson.Fragment(result.json)
        if isinstance(result, Row) and result.unread:
            return self._complete_unread(
                return_type, field_details_list, info, path, result, position_context
            )
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )

    async def _complete_unread(
        self, return_type: Any, details: Any, info: Any, path: Any, row: Row, position: Any
    ) -> Any:
        """The answer to a row of which an event holds the key only."""
        spec: Any = row.__rows__  # type: ignore[attr-defined]
        (found,) = await read_keyed(info, spec, [row.key], self.context_value.reading)
        completed = self.complete_value(return_type, details, info, path, found, position)
        return await completed if self.is_awaitable(completed) else completed

    def complete_iterable_value(
        self,
        item_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """The answer to a list; of rows, once those that they lead to are fetched."""
        complete = partial(
            super().complete_iterable_value,
            item_type,
            field_details_list,
            info,
            path,
            items,
            position_context,
        )
        coming = self._ahead(item_type, field_details_list, items)
        return self._after(coming, complete) if coming else complete()

    async def _after(self, coming: set[Future[None]], complete: Callable[[], Any]) -> Any:
        await wait(coming)
        completed = complete()
        return await completed if self.is_awaitable(completed) else completed

    def _ahead(self, item_type: Any, details: Any, items: Iterable[Any]) -> set[Future[None]]:
        """Begin to fetch the rows that these rows lead to; what to wait for."""
        named: Any = get_named_type(item_type)
        if not (isinstance(items, list) and items and is_object_type(named)):
            return set()
        selection: Selection = self.collect_subfields(named, details).grouped_field_set
        if isinstance(items[0], Edge):
            nodes = [edge.node for edge in items]
            found = [self._ahead(_type_of(named, each), each, nodes) for each in selection.values()]
            return set().union(*found)
        if not isinstance(items[0], Row):
            return set()
        reading = self.context_value.reading
        coming: set[Future[None]] = set()
        for field in self._plan(named, selection).ahead:
            coming |= field.loader(reading).ahead({field.value(row) for row in items} - {None})
        return coming

    def _plan(self, row_type: GraphQLObjectType, selection: Selection) -> Plan:
        plan = self._plans.get(id(selection))
        if plan is None:
            plan = self._plans[id(selection)] = self._planned(row_type, selection)
        return plan

    def _planned(self, row_type: GraphQLObjectType, selection: Selection) -> Plan:
        plan = Plan(selection, dict.fromkeys(selection), held := [], near := [], {}, ahead := [])
        for name, details in selection.items():
            field = self.schema.get_field(row_type, details[0].node.name.value)
            declared = field and field.extensions.get("strawberry-definition")
            if isinstance(declared, OneField):
                ahead.append(declared)
            if field is TypeNameMetaFieldDef:
                held.append(Held(name, lambda _: row_type.name, str, nullable=False))
            elif field and (found := _held(name, field, declared)):
                held.append(found)
            elif field and (leading := self._near(name, field, declared, details)):
                near.append(leading)
            else:
                plan.usual[name] = details
        return plan

    def _near(self, name: str, field: GraphQLField, declared: Any, details: Any) -> Near | None:
        if not isinstance(declared, OneField):
            return None
        named: Any = get_named_type(field.type)
        plan = self._plan(named, self.collect_subfields(named, details).grouped_field_set)
        if plan.usual or plan.near:
            return None
        return Near(name, declared, plan, nullable=not is_non_null_type(field.type))

    def _fill(self, answer: dict[str, Any], plan: Plan, row: Row) -> Selection:
        """Write what is at hand into a blank answer; returns what is left for the usual way."""
        left = plan.usual
        for held in plan.held:
            if not _fill_held(answer, held, row):
                left = {**left, held.name: plan.selection[held.name]}
        for near in plan.near:
            if not self._fill_near(answer, near, row):
                left = {**left, near.name: plan.selection[near.name]}
        return left

    def _fill_near(self, answer: dict[str, Any], near: Near, row: Row) -> bool:
        key = near.field.value(row)
        known = near.field.loader(self.context_value.reading).known
        if key is not None and key not in known:
            return False
        other = None if key is None else known[key]
        if other is None:
            return near.nullable
        answer[near.name] = inner = near.plan.blank.copy()
        return not self._fill(inner, near.plan, other)


def _held(name: str, field: GraphQLField, declared: Any) -> Held | None:
    reader = declared.reader() if isinstance(declared, RowField) else None
    nullable = not is_non_null_type(field.type)
    leaf: Any = field.type if nullable else field.type.of_type  # type: ignore[union-attr]
    if reader is None or is_list_type(leaf) or not is_leaf_type(leaf):
        return None
    return Held(name, reader, leaf.coerce_output_value, nullable)


def _fill_held(answer: dict[str, Any], held: Held, row: Row) -> bool:
    """Write a value; False where it is not as it should be: the usual way tells why."""
    try:
        value = held.read(row)
        if value is None:
            return held.nullable
        answer[held.name] = held.write(value)
    except Exception:  # noqa: BLE001
        return False
    return True


def _type_of(edge_type: GraphQLObjectType, details: Any) -> Any:
    field = edge_type.fields.get(details[0].node.name.value)
    return field.type if field else None


async def _merged(answer: dict[str, Any], rest: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    answer.update(await rest)
    return answer
