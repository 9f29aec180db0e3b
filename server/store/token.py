"""How tokens are kept: by their hash, never by what they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, or_, select, update

from server.store.database import Database, Row
from server.store.statements import find_row, insert_row
from server.store.tables import api_token, person

MAX_LISTED = 1000

_FIND = select(
    api_token.c.id,
    api_token.c.name,
    api_token.c.scopes,
    api_token.c.person_id,
    api_token.c.expires_at,
    api_token.c.revoked_at,
    api_token.c.hash,
).where(api_token.c.hash == any_(bindparam("hashes", type_=ARRAY(LargeBinary))))

_LIST = (
    select(*(column for column in api_token.c if column is not api_token.c.hash))
    .order_by(api_token.c.created_at.desc(), api_token.c.id.desc())
    .limit(MAX_LISTED)
)

_REVOKE = (
    update(api_token)
    .where(
        or_(api_token.c.id == bindparam("token"), api_token.c.name == bindparam("of_name")),
        api_token.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at"))
)


async def find(database: Database, digests: Collection[bytes]) -> dict[bytes, Row]:
    """The tokens with these SHA-256, by it, whether they still count or not."""
    rows = await database.fetch(_FIND, hashes=list(digests))
    return {row["hash"]: row for row in rows}


async def newest(database: Database) -> Sequence[Row]:
    """The newest tokens, up to `MAX_LISTED`, without their hashes."""
    return await database.fetch(_LIST)


async def insert(database: Database, **values: object) -> bool:
    """Keep a token; False if its person does not exist, and nothing is kept."""
    async with database.transaction() as tx:
        person_id = values["person_id"]
        if person_id and not await find_row(tx, person, id=person_id):
            return False
        await insert_row(tx, api_token, **values)
        return True


async def revoke(database: Database, token_id: UUID | None, name: str | None, at: datetime) -> int:
    """Revoke the valid tokens with this id or name; how many there were."""
    async with database.transaction() as tx:
        return await tx.run(_REVOKE, token=token_id, of_name=name, at=at)
