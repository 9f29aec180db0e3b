"""What people are called besides their names: what others call them, and their former names."""

from collections.abc import Iterable
from uuid import UUID

from server.domain.catalog import OtherName
from server.store.database import Transaction
from server.store.statements import delete_rows, find_rows, insert_rows
from server.store.tables import other_name


async def remember(tx: Transaction, person_id: UUID, names: Iterable[str]) -> None:
    """Keep what somebody was called, so that texts which call them so still mean them."""
    await _add(tx, person_id, OtherName.FORMER, names)


async def call(tx: Transaction, person_id: UUID, nicknames: Iterable[str]) -> bool:
    """Let these be somebody's nicknames; whether they are other ones than before."""
    key = {"person_id": person_id, "kind": OtherName.NICKNAME.value}
    before = {row["name"] for row in await find_rows(tx, other_name, **key)}
    after = set(nicknames)
    if after == before:
        return False
    await delete_rows(tx, other_name, **key)
    await _add(tx, person_id, OtherName.NICKNAME, after)
    return True


async def _add(tx: Transaction, person_id: UUID, kind: OtherName, names: Iterable[str]) -> None:
    rows: list[dict[str, object]] = [
        {"person_id": person_id, "kind": kind.value, "name": name} for name in names
    ]
    await insert_rows(tx, other_name, rows, ignore=True)
