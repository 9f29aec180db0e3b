"""How findings in the language of texts are read."""

from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import Column, ColumnElement, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from server.store.tables import incident, why
from server.store.views.sight import told

_NONE = literal_column("'[]'::jsonb", JSONB)


def findings_in(*texts: Column[Any]) -> ColumnElement[Any]:
    """What is found in texts of a row, as the viewer may read them: one text after the other."""
    each = (func.coalesce(told(text.table.c[f"{text.name}_findings"]), _NONE) for text in texts)
    return reduce(add, each)


why_findings = findings_in(why.c.question, why.c.answer)

_finding = (
    func.jsonb_array_elements(why_findings)
    .table_valued("value", with_ordinality="place")
    .render_derived()
    .lateral()
)
_in_order = aggregate_order_by(_finding.c.value, why.c.depth, why.c.id, _finding.c.place)

chain_findings = (
    select(func.coalesce(func.jsonb_agg(_in_order, type_=JSONB), _NONE))
    .select_from(why.join(_finding, true()))
    .where(why.c.incident_id == incident.c.id)
    .correlate(incident)
    .scalar_subquery()
)
"""What is found in the whys of an incident, from the top."""
