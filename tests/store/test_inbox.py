"""The inbox is read by its indexes, although nearly all of it is done and was pruned before."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.sql import Executable

from server.store import delivery, inbox, prune
from server.store.database import Database, prepare

_MANY = text("""
    insert into delivery (id, source, key, event, body, received_at, state)
    select gen_random_uuid(), 'github', n::text, 'push', case when n > 9990 then 'x'::bytea end,
      timestamptz '2026-01-01' + interval '1 minute' * n, 'DONE'
    from generate_series(1, 10000) n
""")


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (prune._EMPTY, "delivery_to_prune_idx"),
        (prune._FORGET, "delivery_received_at_id_idx"),
        (delivery._FORGOTTEN, "delivery_state_received_at_id_idx"),
        (inbox._page(("state",), False), "delivery_state_received_at_id_idx"),
        (inbox._REOPEN_PARKED, "delivery_state_received_at_id_idx"),
    ],
)
async def test_the_few_rows_that_matter_are_found_by_an_index(
    database: Database, statement: Executable, index: str
) -> None:
    prepared = prepare(statement)
    async with database.transaction() as tx:
        await tx.run(_MANY)
        await tx.run(text("analyze delivery"))
        # As it is planned in earnest: without knowing the arguments.
        await tx.run(text(f"prepare reading as {prepared.sql}"))
        nulls = ", ".join(["null"] * len(prepared.names))
        (row,) = await tx.fetch(text(f"explain (format json) execute reading ({nulls})"))
        await tx.run(text("deallocate reading"))
    assert index in json.dumps(json.loads(row[0]))
