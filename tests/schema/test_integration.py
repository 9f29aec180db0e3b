"""How connections are doing, as operators see it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.domain.viewer import Scope
from server.store import tables
from server.store.database import Database
from server.store.ids import new_id
from tests.commands.stored import Stored
from tests.schema.conftest import Graph

QUERY = """{ integrations {
  name title connection health lastSuccessAt lag parkedDeliveries
  lastFailure { at code message } rateBudget { remaining limit resetsAt } } }"""

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def stored(database: Database) -> Stored:
    return Stored(database)


async def add_state(stored: Stored, **values: Any) -> None:
    row = {"integration": "github", "connection": "acme", "stream": "poll", "due_at": NOW}
    await stored.add(tables.connection_state, **{**row, **values})


async def delivered(stored: Stored, state: str, source: str = "pagerduty") -> None:
    values: dict[str, Any] = {"event": "x", "body": b"", "state": state, "processed_at": NOW}
    await stored.add(tables.delivery, source=source, key=str(new_id()), **values)


async def test_nothing_has_come_yet(graph: Graph) -> None:
    nothing = {
        "health": "IDLE",
        "lastSuccessAt": None,
        "lag": None,
        "parkedDeliveries": 0,
        "lastFailure": None,
        "rateBudget": None,
    }
    assert (await graph(QUERY))["integrations"] == [
        {"name": "github", "title": "GitHub", "connection": "acme", **nothing},
        {"name": "pagerduty", "title": "PagerDuty", "connection": None, **nothing},
    ]


async def test_what_went_well_and_what_went_wrong_is_shown(graph: Graph, stored: Stored) -> None:
    await add_state(
        stored,
        last_success_at=NOW - timedelta(hours=1),
        last_failure_at=NOW - timedelta(minutes=2),
        failure_code="UNWELL",
        failure_message="GET /x was answered 503.",
        failures=3,
        budget_remaining=7,
        budget_limit=5000,
        budget_resets_at=NOW,
    )
    await add_state(stored, stream="backfill:2026-01-01", stopped=True)
    for state in ("PARKED", "PARKED", "DONE"):
        await delivered(stored, state)
    github, pagerduty = (await graph(QUERY))["integrations"]
    assert github["health"] == "FAILING"
    assert github["lag"].startswith("PT1H")
    assert github["lastFailure"] == {
        "at": f"{NOW - timedelta(minutes=2):%Y-%m-%dT%H:%M:%S}+00:00",
        "code": "UNWELL",
        "message": "GET /x was answered 503.",
    }
    resets = f"{NOW:%Y-%m-%dT%H:%M:%S}+00:00"
    assert github["rateBudget"] == {"remaining": 7, "limit": 5000, "resetsAt": resets}
    assert (pagerduty["health"], pagerduty["parkedDeliveries"]) == ("OK", 2)
    assert pagerduty["lag"] is None


@pytest.mark.parametrize(
    ("values", "health"),
    [
        ({"last_success_at": NOW}, "OK"),
        ({"last_success_at": NOW - timedelta(minutes=11)}, "IDLE"),
        ({"last_success_at": NOW, "failures": 1}, "FAILING"),
        ({"last_success_at": NOW, "failures": 1, "stopped": True}, "STOPPED"),
    ],
)
async def test_the_health_of_a_connection(
    graph: Graph, stored: Stored, values: dict[str, Any], health: str
) -> None:
    await add_state(stored, **values)
    assert (await graph(QUERY))["integrations"][0]["health"] == health


async def test_only_administrators_see_them(graph: Graph) -> None:
    other = graph.seen_by(*(set(Scope) - {Scope.ADMIN}))
    (error,) = await other.errors("{ integrations { name } }")
    assert error["extensions"]["code"] == "FORBIDDEN"
