"""Whether an expression can be null, as far as its form tells."""

from typing import Any

from sqlalchemy import BindParameter, Case, Column, ColumnElement, Label
from sqlalchemy.sql.elements import BinaryExpression, Grouping, TypeCoerce
from sqlalchemy.sql.functions import coalesce, count


def may_be_null(expression: ColumnElement[Any]) -> bool:
    """True unless the form of the expression excludes it."""
    match expression:
        case Column():
            return bool(expression.nullable)
        case Label() | Grouping() | TypeCoerce():
            inner: Any = getattr(expression, "element", None)
            return may_be_null(inner if inner is not None else expression.clause)
        case Case():
            results = [result for _, result in expression.whens]
            branches = [*results, expression.else_]
            return any(each is None or may_be_null(each) for each in branches)
        case coalesce():
            return all(may_be_null(each) for each in expression.clauses)
        case BinaryExpression():
            return may_be_null(expression.left) or may_be_null(expression.right)
        case BindParameter():
            return expression.value is None
        case count():
            return False
        case _:
            return True
