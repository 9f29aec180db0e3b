"""Describing teams."""

from dataclasses import replace
from typing import Any

import pytest

from server.commands import team as teams
from server.commands.team import Upsert
from server.commands.work import Office
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import team
from tests.commands.stored import Stored, refusal, twice_at_once


async def test_a_team_is_created_and_changed(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    ada = await stored.person("Ada Lovelace")
    first = await teams.upsert(office, viewer, Upsert("payments"))
    row = await stored.row(team, slug="payments")
    assert (row["id"], row["name"], row["lead_id"]) == (first, "payments", None)
    assert await teams.upsert(office, viewer, Upsert("payments", " Payments ", ada)) == first
    await teams.upsert(office, viewer, Upsert("payments"))
    row = await stored.row(team, slug="payments")
    assert (row["name"], row["lead_id"]) == ("Payments", ada)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"slug": "Payments"}, (ErrorCode.INVALID, ("slug",))),
        ({"name": ""}, (ErrorCode.INVALID, ("name",))),
        ({"name": "n" * 201}, (ErrorCode.TOO_MANY, ("name",))),
        ({"lead": new_id()}, (ErrorCode.NOT_FOUND, ("lead",))),
    ],
)
async def test_an_unsound_team_is_refused(
    office: Office, viewer: Viewer, stored: Stored, changes: dict[str, Any], problem: Any
) -> None:
    attempt = teams.upsert(office, viewer, replace(Upsert("payments"), **changes))
    assert await refusal(attempt) == {problem}
    assert not await stored.rows(team)


async def test_readers_describe_nothing(office: Office, reader: Viewer) -> None:
    with pytest.raises(Forbidden, match="catalog:write"):
        await teams.upsert(office, reader, Upsert("payments"))


async def test_two_who_name_it_at_once_name_one(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    first, second = await twice_at_once(
        teams.upsert(office, viewer, Upsert("payments")),
        teams.upsert(office, viewer, Upsert("payments")),
    )
    assert first == second
