"""Merging moves every reference there is in the database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, text

from server.store.database import Database
from server.store.ids import new_id
from server.store.merging import (
    DEPLOYMENTS,
    EVIDENCE,
    PEOPLE,
    SERVICES,
    Moves,
    merge,
    references,
)
from server.store.statements import find_row, insert_row
from server.store.tables import api_token, deployment, person, service, team

_FOREIGN_KEYS = text(
    """
    select cast(cast(conrelid as regclass) as text) as table, attname as column
    from pg_constraint
    join pg_attribute on attrelid = conrelid and attnum = conkey[1]
    where contype = 'f' and confrelid = cast(cast(:name as text) as regclass)
    """
)


@pytest.mark.parametrize("table", [person, service, deployment], ids=lambda table: table.name)
async def test_the_references_are_those_of_the_database(database: Database, table: Table) -> None:
    rows = await database.fetch(_FOREIGN_KEYS, name=table.name)
    found = {(row["table"], row["column"]) for row in rows}
    assert found == {(column.table.name, column.name) for column in references(table)}
    assert len(found) > 4


@pytest.mark.parametrize(
    "moves", [PEOPLE, SERVICES, DEPLOYMENTS, EVIDENCE], ids=lambda moves: moves.table.name
)
async def test_every_statement_runs(database: Database, moves: Moves) -> None:
    async with database.transaction() as tx:
        await merge(tx, moves, new_id(), new_id())


async def test_what_would_go_with_the_loser_goes_to_the_winner(database: Database) -> None:
    loser, winner, team_id, token_id = (new_id() for _ in range(4))
    token: dict[str, Any] = {"name": "ci", "hash": b"h", "scopes": []}
    async with database.transaction() as tx:
        for person_id in (loser, winner):
            await insert_row(tx, person, id=person_id, name="Ada", automatic=True)
        await insert_row(tx, team, id=team_id, slug="t", name="T", lead_id=loser)
        await insert_row(tx, api_token, id=token_id, person_id=loser, **token)
        await merge(tx, PEOPLE, loser, winner)
        led, borne = (
            await find_row(tx, team, id=team_id),
            await find_row(tx, api_token, id=token_id),
        )
        assert led is not None
        assert borne is not None
        assert (led["lead_id"], borne["person_id"]) == (winner, winner)
        assert await find_row(tx, person, id=loser) is None


async def test_what_refers_to_the_loser_does_not_come_to_refer_to_itself(
    database: Database,
) -> None:
    loser, winner, other = (new_id() for _ in range(3))
    at = datetime(2026, 11, 2, tzinfo=UTC)
    row: dict[str, Any] = {
        "source": "github", "repository": "acme/shop", "sha": "a" * 40, "environment": "prod",
        "status": "SUCCESS", "effective_at": at,
    }  # fmt: skip
    async with database.transaction() as tx:
        for id_, back in ((loser, None), (winner, loser), (other, loser)):
            await insert_row(
                tx, deployment, id=id_, external_id=id_.hex, rollback_of_id=back, **row
            )
        await merge(tx, DEPLOYMENTS, loser, winner)
        rows = [await find_row(tx, deployment, id=id_) for id_ in (winner, other)]
    assert [row and row["rollback_of_id"] for row in rows] == [None, winner]
