"""One statement for a whole operation: each root a column, each edge a lateral join, all JSON.

The forms are those that PostgreSQL answers fastest, measured on a board of twenty incidents:
`row_to_json` before `json_build_object`, `array_to_json(array(…))` before `json_agg`, lateral
joins before subqueries in the list of columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.functions import FunctionElement

from schema.engine.connections import ConnectionField
from schema.engine.declare import ColumnField, NodeIdField
from schema.engine.edges import ManyField, OneField, SameField
from schema.engine.nodes import NodeField
from schema.engine.nullness import may_be_null
from schema.engine.pages import USUAL_LIST
from schema.engine.plan import TYPENAME, Plan, Selected, UncompilableError
from schema.engine.references import ReferencesField
from schema.engine.roots import ID, LookupField
from schema.engine.row import RowType
from schema.engine.source import MAX_ROWS
from schema.engine.sql_binds import Binds
from schema.engine.sql_json import MARK, built, listed, objects, one_object, typename
from schema.engine.sql_pages import PAGED, RANK, Pages, Position, number
from schema.engine.sql_scope import Scope, correlated, over
from schema.engine.statement import PARENT, PLACE, Naming, Path, Shape, behind, directed, is_key

VALUE = "value"
"""The column of what a lateral join computes."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement, and where the values of its binds come from: whose arguments, which name."""

    statement: Select[Any]
    binds: Mapping[str, tuple[int, str]]


@dataclass(slots=True)
class Builder:
    """Builds the statement of one plan for arguments of one shape."""

    binds: Binds
    _names: int = 0
    _rows: int = 0

    def build(self, plan: Plan) -> Compiled:
        """The statement.

        Raises:
            UncompilableError: it would be too large, or a part has no SQL.
        """
        columns = [self._root(each).label(f"r{n}") for n, each in enumerate(plan.roots)]
        return Compiled(select(*columns), self.binds.made)

    def rows(self, plan: Plan, target: RowType) -> Compiled:
        """The statement that reads what a plan selects of rows with the binds `keys`.

        Raises:
            UncompilableError: it would be too large, or a part has no SQL.
        """
        keys = bindparam("keys", type_=ARRAY(target.key.type))
        parents = func.unnest(keys).table_valued("key").render_derived(name="parents")
        scope = self._scope(target, USUAL_LIST)
        found = scope.own(target.key) == parents.c.key
        value = self._object(self._rows_of(scope, plan.roots, [found]).correlate(parents))
        columns = (parents.c.key.label(PARENT), value.c.value)
        statement = select(*columns).select_from(parents.join(value, true()))
        return Compiled(statement, self.binds.made)

    # ── names, sizes ─────────────────────────────────────────────────────────

    def _name(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    def _scope(self, spec: RowType, rows: int) -> Scope:
        self._rows += rows
        if self._rows > MAX_ROWS:
            raise UncompilableError("it may have too many rows")
        alias = spec.table.alias(self._name("t"))
        return Scope(spec, alias, alias, rows)

    # ── roots ────────────────────────────────────────────────────────────────

    def _root(self, selected: Selected) -> ColumnElement[Any]:
        match selected.declared:
            case None:
                return func.to_json(typename(selected), type_=JSON)
            case LookupField() as declared:
                scope = self._scope(declared.target, 1)
                conditions = self.binds.conditions(declared, selected, scope)
                return self._found(scope, selected, conditions, declared.prefer)
            case NodeField():
                target: Any = self.binds.shape(selected)
                scope = self._scope(target, 1)
                condition = self.binds.own(scope.own(is_key(target, ID)), selected)
                return self._found(scope, selected, [condition])
            case ReferencesField():
                return self._referenced(selected)
            case ConnectionField() as declared:
                value = self._connection(declared, selected, None)
                return select(value.c.value).scalar_subquery()
            case _:
                raise UncompilableError(f"{selected.name} is no root")

    def _found(
        self,
        scope: Scope,
        selected: Selected,
        conditions: Sequence[ColumnElement[bool]],
        prefer: Sequence[ColumnElement[Any]] = (),
    ) -> ColumnElement[Any]:
        """The first row for which all conditions hold."""
        order = [scope.own(each) for each in (*prefer, scope.spec.key)]
        rows = self._rows_of(scope, selected.below[scope.spec.name], conditions)
        found = rows.order_by(*order).limit(number(1)).subquery(self._name("x"))
        return select(one_object(found)).select_from(found).scalar_subquery()

    def _referenced(self, selected: Selected) -> ColumnElement[Any]:
        """The rows of references, in the order of these."""
        shape: Any = self.binds.shape(selected)
        if not shape:
            return literal_column("'[]'::json", JSON)
        named = [
            self._named(naming, self.binds.own(naming.references(number), selected), selected)
            for number, naming in enumerate(shape)
        ]
        every = union_all(*named).subquery(self._name("x"))
        values = select(every.c.value).order_by(every.c[PLACE])
        return func.array_to_json(func.array(values.scalar_subquery()), type_=JSON)

    def _named(
        self, naming: Naming, references: FunctionElement[Any], selected: Selected
    ) -> Select[Any]:
        """The rows of references that name them alike, each with its place; null for none."""
        listed = naming.rows(references, self._name("k"))
        scope = self._scope(naming.target, USUAL_LIST)
        conditions = [scope.own(each) == value for each, value in naming.conditions(listed)]
        order = [scope.own(each) for each in (*naming.target.order, naming.target.key)]
        rows = self._rows_of(scope, selected.below[naming.target.name], conditions)
        value = self._object(rows.order_by(*order).limit(number(1)).correlate(listed))
        return select(listed.c[PLACE], value.c.value).select_from(listed.outerjoin(value, true()))

    # ── rows ─────────────────────────────────────────────────────────────────

    def _rows_of(
        self,
        scope: Scope,
        selection: Sequence[Selected],
        conditions: Sequence[ColumnElement[bool]],
    ) -> Select[Any]:
        """Rows with what is selected of each, under the keys of the answer."""
        columns = self._columns(scope, selection)
        visible = [] if scope.spec.visible is None else [scope.own(scope.spec.visible)]
        return objects(columns, scope.source, [*conditions, *visible])

    def _columns(
        self, scope: Scope, selection: Sequence[Selected]
    ) -> list[tuple[str, ColumnElement[Any]]]:
        return [(each.key, self._column(scope, each)) for each in selection]

    def _column(self, scope: Scope, selected: Selected) -> ColumnElement[Any]:
        match selected.declared:
            case None:
                return typename(selected)
            case NodeIdField():
                digits = func.replace(cast(scope.own(scope.spec.key), Text), "-", "")
                return literal_column(f"'{scope.spec.prefix}_'", Text).concat(digits)
            case ColumnField() as declared:
                return self._value(scope, declared, selected)
            case OneField() as declared:
                value = scope.join(self._one(scope, declared, selected))
                return value if declared.nullable else func.coalesce(value, MARK)
            case SameField() as declared:
                view = Scope(declared.target, scope.alias, scope.source, scope.rows)
                value = built(self._columns(view, selected.only))
                scope.source = view.source
                return value
            case ManyField() as declared:
                return scope.join(self._many(scope, declared, selected))
            case ConnectionField() as declared:
                return scope.join(self._connection(declared, selected, scope))
            case other:
                raise UncompilableError(f"{other.where} has no SQL")

    def _value(self, scope: Scope, declared: ColumnField, selected: Selected) -> ColumnElement[Any]:
        expression = scope.own(declared.expression)
        if selected.below:
            return scope.join(self._parts(expression, declared, selected))
        if declared.nullable or not may_be_null(declared.expression):
            return expression
        return func.coalesce(func.to_json(expression), MARK)

    def _parts(
        self, expression: ColumnElement[Any], declared: ColumnField, selected: Selected
    ) -> FromClause:
        """What is selected of the parts of a JSON list."""
        if not declared.listed:
            raise UncompilableError(f"{declared.where} is no list")
        part = func.jsonb_array_elements(expression, type_=JSONB).column_valued(self._name("e"))
        columns = [
            (each.key, typename(each) if each.name == TYPENAME else part[each.name])
            for each in selected.only
        ]
        rows = objects(columns, part.scalar_alias, ()).subquery(self._name("x"))
        return select(listed(rows).label(VALUE)).lateral(self._name("l"))

    def _one(self, scope: Scope, declared: OneField, selected: Selected) -> FromClause:
        inner = self._scope(declared.target, scope.rows)
        found = inner.own(declared.remote) == scope.own(declared.local)
        return self._object(self._rows_of(inner, selected.only, [found]).correlate(scope.alias))

    def _object(self, rows: Select[Any]) -> FromClause:
        """The only one of these rows as an object, as the value of a lateral join."""
        named = rows.subquery(self._name("x"))
        return select(one_object(named).label(VALUE)).select_from(named).lateral(self._name("l"))

    def _many(self, scope: Scope, declared: ManyField, selected: Selected) -> FromClause:
        inner = self._scope(declared.target, scope.rows * USUAL_LIST)
        conditions = self._belonging(scope, inner, declared.path)
        conditions += self.binds.conditions(declared, selected, inner)
        rows = self._rows_of(inner, selected.only, conditions).correlate(scope.alias)
        order = [inner.own(each) for each in (*declared.order, declared.target.key)]
        named = rows.order_by(*order).subquery(self._name("x"))
        return select(listed(named).label(VALUE)).lateral(self._name("l"))

    def _belonging(self, scope: Scope, inner: Scope, path: Path) -> list[ColumnElement[bool]]:
        """The condition under which rows belong to the row around them, joined where need be."""
        if path.joined is None:
            return [inner.own(path.remote) == scope.own(path.local)]
        between, condition = path.joined
        alias = between.alias(self._name("t"))
        inner.source = inner.source.join(alias, over(condition, alias, inner.alias))
        return [over(path.remote, alias) == scope.own(path.local)]

    # ── connections ──────────────────────────────────────────────────────────

    def _connection(
        self, declared: ConnectionField, selected: Selected, scope: Scope | None
    ) -> FromClause:
        """A connection, as the value of a lateral join."""
        shape: Any = self.binds.shape(selected)
        paged = [each for each in selected.only if each.name in PAGED]
        page: FromClause | None = None
        if [each.name for each in paged] == ["nodes"] and not shape.backward:
            parts = {id(paged[0]): self._nodes(declared, selected, scope, shape)}
        else:
            pages = Pages(shape, self._name("p"))
            items = self._items(declared, selected, scope, shape)
            parts = {id(each): self._part(pages, declared, items, each) for each in paged}
            page = self._page(pages, items, scope) if pages.read else None
        pairs = [
            (each.key, self._beside(each, declared, selected, scope))
            if each.name not in PAGED
            else (each.key, parts[id(each)])
            for each in selected.only
        ]
        value = select(built(pairs).label(VALUE))
        value = value.select_from(page) if page is not None else value
        return value.lateral(self._name("l"))

    def _beside(
        self,
        each: Selected,
        declared: ConnectionField,
        selected: Selected,
        scope: Scope | None,
    ) -> ColumnElement[Any]:
        """A field of a connection that is none of its page's."""
        if each.name == TYPENAME:
            return typename(each)
        inner, conditions = self._belonging_items(declared, selected, scope, 0)
        counted = select(func.count()).select_from(inner.source).where(*conditions)
        return correlated(counted, scope).scalar_subquery()

    def _belonging_items(
        self, declared: ConnectionField, selected: Selected, scope: Scope | None, rows: int
    ) -> tuple[Scope, list[ColumnElement[bool]]]:
        """The items on all pages, and the conditions that their row and the arguments set."""
        inner = self._scope(declared.target, rows)
        conditions = []
        if scope is not None and declared.path is not None:
            conditions += self._belonging(scope, inner, declared.path)
        conditions += self.binds.conditions(declared, selected, inner)
        if inner.spec.visible is not None:
            conditions.append(inner.own(inner.spec.visible))
        return inner, conditions

    def _items(
        self, declared: ConnectionField, selected: Selected, scope: Scope | None, shape: Shape
    ) -> "_Items":
        """The items of one page."""
        around = 1 if scope is None else scope.rows
        rows = around * (shape.size + 1)
        inner, conditions = self._belonging_items(declared, selected, scope, rows)
        if shape.resumed:
            position = behind(shape.order, inner.spec, falling=shape.falling)
            conditions.append(self.binds.own(inner.own(position), selected))
        order = directed((inner.own(shape.order.column), inner.own(inner.spec.key)), shape.falling)
        return _Items(inner, conditions, order)

    def _nodes(
        self, declared: ConnectionField, selected: Selected, scope: Scope | None, shape: Shape
    ) -> ColumnElement[Any]:
        """A page of which only the nodes are asked for: nothing has to be numbered."""
        items = self._items(declared, selected, scope, shape)
        (nodes,) = [each for each in selected.only if each.name == "nodes"]
        columns = self._columns(items.scope, nodes.only)
        rows = objects(columns, items.scope.source, items.conditions)
        rows = correlated(rows, scope).order_by(*items.order).limit(number(shape.size))
        return listed(rows.subquery(self._name("x")))

    def _part(
        self, pages: Pages, declared: ConnectionField, items: "_Items", each: Selected
    ) -> ColumnElement[Any]:
        """The value of a field that reads the page."""
        scope, order = items.scope, pages.shape.order
        key = scope.own(scope.spec.key)
        position = Position(declared.tag(order), scope.own(order.column), key)

        def value(part: Selected) -> ColumnElement[Any]:
            match part.name:
                case "__typename":
                    return typename(part)
                case "cursor":
                    return position.cursor
                case "node" | "nodes":
                    return built(self._columns(scope, part.only))
                case _:
                    return pages.info(part.name, position)

        if each.name == "nodes":
            return pages.listed(value(each))
        parts = built([(part.key, value(part)) for part in each.only])
        return pages.listed(parts) if each.name == "edges" else parts

    def _page(self, pages: Pages, items: "_Items", scope: Scope | None) -> FromClause:
        """The page itself, with what the parts have asked of each item."""
        rank = func.row_number().over(order_by=items.order).label(RANK)
        rows = (
            select(rank, *pages.columns)
            .select_from(items.scope.source)
            .where(*items.conditions)
            .order_by(*items.order)
            .limit(number(pages.shape.size + 1))
        )
        return correlated(rows, scope).subquery(pages.alias)


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of one page: which they are, and their order."""

    scope: Scope
    conditions: list[ColumnElement[bool]]
    order: Sequence[ColumnElement[Any]]
