"""Answers that were given before, by the key their client chose."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from server.store.database import Row, Transaction
from server.store.statements import update_row
from server.store.tables import idempotency

_CLAIM = (
    insert(idempotency)
    .values({name: bindparam(name) for name in ("subject", "command", "key", "digest", "result")})
    .on_conflict_do_nothing()
    .returning(idempotency.c.key)
)

_FIND = select(idempotency.c.digest, idempotency.c.result).where(
    idempotency.c.subject == bindparam("subject"),
    idempotency.c.command == bindparam("command"),
    idempotency.c.key == bindparam("key"),
)


async def claim(tx: Transaction, subject: str, command: str, key: str, digest: bytes) -> Row | None:
    """Take the key for this transaction, or give the row of whoever took it before.

    A concurrent claim of the same key waits here until the other transaction ends.
    """
    where = {"subject": subject, "command": command, "key": key}
    if await tx.value(_CLAIM, **where, digest=digest, result=[]):
        return None
    return await tx.one(_FIND, **where)


async def settle(
    tx: Transaction, subject: str, command: str, key: str, result: Sequence[UUID]
) -> None:
    """Remember what the claimed key led to."""
    changes: dict[str, object] = {"result": list(result)}
    await update_row(tx, idempotency, changes, subject=subject, command=command, key=key)
