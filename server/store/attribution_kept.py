"""An incident's attribution as it is kept: the model's answer, and a person's verdict beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from server.store.database import Row, Transaction
from server.store.statements import (
    delete_rows,
    find_row,
    find_rows,
    insert_row,
    insert_rows,
    update_row,
)
from server.store.tables import attribution, attribution_candidate, suspect


async def find(tx: Transaction, incident_id: UUID) -> Row | None:
    """The attribution of an incident, if any was made."""
    return await find_row(tx, attribution, incident_id=incident_id)


async def put(
    tx: Transaction,
    incident_id: UUID,
    columns: Mapping[str, Any],
    changed: bool,
    now: datetime,
) -> bool:
    """Set these columns, and when they were computed; whether anything is new by that.

    `changed` says that its candidates are new already.
    """
    row = await find(tx, incident_id)
    if row is None:
        await insert_row(tx, attribution, incident_id=incident_id, **columns, computed_at=now)
        return True
    same = row["computed_at"] and all(row[name] == value for name, value in columns.items())
    if same and not changed:
        return False
    await update_row(tx, attribution, {**columns, "computed_at": now}, incident_id=incident_id)
    return True


async def put_verdict(tx: Transaction, incident_id: UUID, columns: Mapping[str, Any]) -> None:
    """Set the columns of the verdict."""
    await update_row(tx, attribution, dict(columns), incident_id=incident_id)


async def set_candidates(
    tx: Transaction, incident_id: UUID, rows: Sequence[dict[str, Any]]
) -> bool:
    """Make these the incident's candidates; whether they are others than before."""
    return await _replace(tx, attribution_candidate, incident_id, rows)


async def set_suspects(tx: Transaction, incident_id: UUID, rows: Sequence[dict[str, Any]]) -> bool:
    """Make these the incident's suspects; whether they are others than before."""
    return await _replace(tx, suspect, incident_id, rows)


async def _replace(
    tx: Transaction, table: Table, incident_id: UUID, rows: Sequence[dict[str, Any]]
) -> bool:
    wanted = {row["deployment_id"]: {**row, "incident_id": incident_id} for row in rows}
    found = await find_rows(tx, table, incident_id=incident_id)
    if wanted == {row["deployment_id"]: dict(row) for row in found}:
        return False
    await delete_rows(tx, table, incident_id=incident_id)
    await insert_rows(tx, table, list(wanted.values()))
    return True
