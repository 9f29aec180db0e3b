"""Reliability of a small history, computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.domain.viewer import Scope
from server.store import tables as t
from server.store.database import Database
from tests.commands.stored import Stored
from tests.schema.conftest import Graph

STATISTIC = "{ n mean median p90 }"
MEASURED = f"""since until incidents mttr {STATISTIC} mttd {STATISTIC} mtta {STATISTIC}
  mttm {STATISTIC} deployments deploymentFrequency leadTime {STATISTIC}
  changeFailureRate {{ numerator denominator value confirmedOnly }}"""
QUERY = f"""query ($service: String, $team: String, $since: DateTime, $until: DateTime) {{
  reliability(service: $service, team: $team, since: $since, until: $until) {{ {MEASURED}
    weeks: trend {{ {MEASURED} }} months: trend(bucket: MONTH) {{ {MEASURED} }} }} }}"""
NONE = {"n": 0, "mean": None, "median": None, "p90": None}

MONDAY = datetime(2026, 10, 26, tzinfo=UTC)
PERIOD = {"since": "2026-10-26T00:00:00Z", "until": "2026-11-05T00:00:00Z"}
"""Ten days: a week and three days, six days of October and four of November."""


def on(day: int, **time: float) -> datetime:
    """A time so many days after the first Monday."""
    return MONDAY + timedelta(days=day, **time)


class History:
    """Writes rows as commands leave them."""

    def __init__(self, database: Database) -> None:
        self.stored = Stored(database)

    async def services(self) -> None:
        """Checkout of team Payments, and search of none."""
        team = await self.stored.add(t.team, slug="payments", name="Payments")
        of = {"automatic": False}
        self.checkout = await self._service("checkout", team_id=team, **of)
        self.search = await self._service("search", **of)

    async def _service(self, slug: str, **values: object) -> UUID:
        return await self.stored.add(t.service, slug=slug, name=slug.title(), **values)

    async def incident(self, at: datetime, *services: UUID, **values: object) -> UUID:
        """An incident that hurt these services from then on."""
        row: dict[str, object] = {
            "title": "It fails",
            "severity": "SEV2",
            "status": "RESOLVED",
            "started_at": at,
            "declared_at": at + timedelta(days=1),
        }
        incident = await self.stored.add(t.incident, **{**row, **values})
        for each in services:
            await self.stored.put(t.incident_service, incident_id=incident, service_id=each)
        return incident

    async def deployed(self, at: datetime, service: UUID, **values: object) -> UUID:
        """A deployment of a service that succeeded then."""
        return await self.stored.deployment(at, service_id=service, **values)

    async def suspected(self, deployment: UUID, incident: UUID, probability: float) -> None:
        """That a deployment may have caused an incident; surely where a person said so."""
        verdict = "CAUSED_BY_DEPLOYMENT" if probability == 1 else None
        keys = {"deployment_id": deployment, "incident_id": incident}
        await self.stored.put(t.suspect, **keys, probability=probability, verdict=verdict)

    async def merged(self, number: int, at: datetime, *deployments: UUID) -> None:
        """A pull request that was merged then, and that these deployments brought."""
        row: dict[str, object] = {"repository": "acme/shop", "number": number, "title": "Change"}
        key = await self.stored.add(t.pull_request, **row, merged_at=at)
        for each in deployments:
            of = {"deployment_id": each, "pull_request_id": key}
            await self.stored.put(t.deployment_pull_request, **of, recorded=True)


def took(**minutes: float) -> dict[str, object]:
    """The lengths of time that an incident took, by what they lead to."""
    return {f"time_to_{name}": timedelta(minutes=each) for name, each in minutes.items()}


@pytest.fixture
async def history(database: Database) -> History:
    """Ten days of two services."""
    history = History(database)
    await history.services()
    checkout, search = history.checkout, history.search
    first = await history.incident(on(0), checkout, **took(resolve=10, detect=2, acknowledge=1))
    await history.incident(on(1), checkout, search, **took(resolve=20))
    third = await history.incident(on(8), checkout, **took(resolve=60, mitigate=30))
    await history.incident(on(9), search)
    await history.incident(on(1), checkout, merged_into_id=first, **took(resolve=999))
    await history.incident(on(-1), checkout, **took(resolve=999))
    await history.incident(on(10), checkout, **took(resolve=999))

    deployments = [await history.deployed(on(day), checkout) for day in (0, 1, 7)]
    back = await history.deployed(on(8), checkout, status="ROLLED_BACK", environment="prod-eu")
    await history.deployed(on(8), search)
    await history.deployed(on(2), checkout, status="FAILURE")
    staging = await history.deployed(on(2), checkout, environment="staging")
    await history.deployed(on(-1), checkout)
    await history.deployed(on(10), checkout)
    for suspect, incident, probability in (
        (deployments[0], first, 0.5),
        (deployments[0], third, 0.5),
        (deployments[1], first, 0.25),
        (back, third, 1.0),
        (staging, first, 0.9),
    ):
        await history.suspected(suspect, incident, probability)
    await history.merged(1, on(0, hours=-2), staging, deployments[0], deployments[1])
    await history.merged(2, on(0), deployments[1], back)
    await history.merged(3, on(2), deployments[1])
    await history.merged(4, on(6), staging)
    return history


async def asked(graph: Graph, **variables: object) -> Any:
    return (await graph(QUERY, **{**PERIOD, **variables}))["reliability"]


async def test_all_services(graph: Graph, history: History) -> None:
    found = await asked(graph)
    assert found["incidents"] == 4
    assert found["mttr"] == {"n": 3, "mean": "PT30M", "median": "PT20M", "p90": "PT52M"}
    assert found["mttd"] == {"n": 1, "mean": "PT2M", "median": "PT2M", "p90": "PT2M"}
    assert found["mtta"] == {"n": 1, "mean": "PT1M", "median": "PT1M", "p90": "PT1M"}
    assert found["mttm"] == {"n": 1, "mean": "PT30M", "median": "PT30M", "p90": "PT30M"}
    assert (found["deployments"], found["deploymentFrequency"]) == (5, 0.5)
    assert found["changeFailureRate"] == {
        "numerator": 0.75 + 0.25 + 1,
        "denominator": 5,
        "value": 0.4,
        "confirmedOnly": 0.2,
    }
    assert found["leadTime"] == {"n": 2, "mean": "PT13H", "median": "PT13H", "p90": "PT21H48M"}


@pytest.mark.parametrize(
    ("of", "incidents", "resolved", "deployments"),
    [
        ({"service": "checkout"}, 3, 3, 4),
        ({"team": "payments"}, 3, 3, 4),
        ({"service": "search"}, 2, 1, 1),
        ({"service": "search", "team": "payments"}, 0, 0, 0),
        ({"service": "unknown"}, 0, 0, 0),
    ],
)
async def test_of_a_service_or_a_team(
    graph: Graph,
    history: History,
    of: dict[str, str],
    incidents: int,
    resolved: int,
    deployments: int,
) -> None:
    found = await asked(graph, **of)
    assert (found["incidents"], found["mttr"]["n"]) == (incidents, resolved)
    assert found["deployments"] == found["changeFailureRate"]["denominator"] == deployments


async def test_where_nothing_happened_all_is_null(graph: Graph) -> None:
    found = await asked(graph)
    assert all(found[name] == NONE for name in ("mttr", "mttd", "mtta", "mttm", "leadTime"))
    assert found["deploymentFrequency"] is None
    rate = {"numerator": 0, "denominator": 0, "value": None, "confirmedOnly": None}
    assert found["changeFailureRate"] == rate
    assert [point["mttr"] for point in found["weeks"]] == [NONE, NONE]


async def test_a_trend_is_its_parts_and_adds_up(graph: Graph, history: History) -> None:
    found = await asked(graph)
    for trend, border in (("weeks", "2026-11-02"), ("months", "2026-11-01")):
        points = found[trend]
        assert [point["since"] for point in points] == [
            "2026-10-26T00:00:00+00:00",
            f"{border}T00:00:00+00:00",
        ]
        assert points[0]["until"] == points[1]["since"]
        assert points[1]["until"] == found["until"]
        for name in ("incidents", "deployments"):
            assert sum(point[name] for point in points) == found[name]
        for name in ("mttr", "mttd", "mtta", "mttm", "leadTime"):
            assert sum(point[name]["n"] for point in points) == found[name]["n"]
        caused = sum(point["changeFailureRate"]["numerator"] for point in points)
        assert caused == found["changeFailureRate"]["numerator"]
        for point in points:
            alone = await asked(graph, since=point["since"], until=point["until"])
            assert {name: alone[name] for name in point} == point


async def test_only_who_may_read_incidents_sees_it(graph: Graph, history: History) -> None:
    (error,) = await graph.seen_by(Scope.DEPLOYMENTS_READ).errors(QUERY, **PERIOD)
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert (await asked(graph.seen_by(Scope.INCIDENTS_READ)))["incidents"] == 4


@pytest.mark.parametrize("since", ["2026-11-05T00:00:00Z", "2016-01-01T00:00:00Z"])
async def test_a_time_that_is_none_is_refused(graph: Graph, since: str) -> None:
    (error,) = await graph.errors(QUERY, **{**PERIOD, "since": since})
    assert (error["extensions"]["code"], error["path"]) == ("INVALID", ["reliability"])
