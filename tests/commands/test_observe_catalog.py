"""What catalogues of sources say of people, teams and services, told in any order."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from integrations.observation import (
    PersonObserved,
    PersonRef,
    ServiceObserved,
    ServiceRef,
    TeamObserved,
    TeamRef,
)
from server.commands import person as people
from server.commands import service as services
from server.commands import team as teams
from server.commands.join_people import join_people
from server.commands.observe import observe
from server.commands.person import Identity
from server.commands.work import Office
from server.domain.viewer import Viewer
from server.store import tables
from server.store.queue import JobKind
from tests.commands.stored import Stored
from tests.commands.told import PAGERDUTY, moment

ADA = PersonRef("pagerduty", "PADA", name="Ada Byron", email="ada@example.com")
PAYMENTS = TeamRef("pagerduty", "TPAY", "Payments")
SHOP = TeamRef("pagerduty", "TSHOP", "Shop")
CHECKOUT = ServiceRef("pagerduty", "SCHECK", "Checkout")

Described: TypeAlias = PersonObserved | TeamObserved | ServiceObserved

STORY: Sequence[Described] = (
    TeamObserved(moment(0), PAYMENTS),
    TeamObserved(moment(1), SHOP),
    PersonObserved(moment(0), ADA, (PAYMENTS,)),
    PersonObserved(moment(1), replace(ADA, name="Ada Lovelace", handle="ada"), (SHOP, PAYMENTS)),
    PersonObserved(moment(2), replace(ADA, name="Ada Lovelace", handle="ada-l"), (SHOP,)),
    TeamObserved(moment(5), replace(PAYMENTS, name="Money")),
    ServiceObserved(moment(0), CHECKOUT),
    ServiceObserved(moment(3), replace(CHECKOUT, name="Checkout API"), PAYMENTS),
)


async def tell(office: Office, *told: Described) -> None:
    """Have PagerDuty's catalogue say each of these."""
    for each in told:
        async with office.work() as work:
            await observe(work, PAGERDUTY, [each])


async def facts(stored: Stored) -> dict[str, Any]:
    """The catalogue, without ids."""
    named = {row["id"]: row["name"] for row in await stored.rows(tables.team)}
    return {
        "teams": sorted(named.values()),
        "people": [
            (row["name"], row["email"], named.get(row["team_id"]))
            for row in await stored.rows(tables.person)
        ],
        "handles": [row["handle"] for row in await stored.rows(tables.identity)],
        "services": [
            (row["name"], named.get(row["team_id"])) for row in await stored.rows(tables.service)
        ],
    }


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=st.permutations(STORY), repeated=st.lists(st.sampled_from(STORY), max_size=3))
async def test_the_last_word_counts_in_any_order(
    office: Office, stored: Stored, story: list[Described], repeated: list[Described]
) -> None:
    async with office.database.transaction() as tx:
        await tx.run(text("truncate observation, person, team, service, jobs.pgqueuer cascade"))
    await tell(office, *story, *repeated)
    await join_people(office)
    assert await facts(stored) == {
        "teams": ["Money", "Shop"],
        "people": [("Ada Lovelace", "ada@example.com", "Shop")],
        "handles": ["ada-l"],
        "services": [("Checkout API", "Money")],
    }


async def test_what_people_described_is_added_to_and_never_overwritten(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    await teams.upsert(office, viewer, teams.Upsert("payments", "Payments & co"))
    known = Identity("pagerduty", "PADA", "countess")
    await people.upsert(office, viewer, people.Upsert("Countess", identities=(known,)))
    command = services.Upsert("checkout", "The till", pagerduty_services=("SCHECK",))
    await services.upsert(office, viewer, command)
    await tell(office, *STORY)
    await join_people(office)
    assert await facts(stored) == {
        "teams": ["Payments & co", "Shop"],
        "people": [("Countess", "ada@example.com", "Payments & co")],
        "handles": ["countess"],
        "services": [("The till", "Payments & co")],
    }


@pytest.mark.parametrize(
    ("names", "count"),
    [(("Payments", "payments"), 1), (("Zahlungen", "Payments"), 2), (("支付", "银行", "支付"), 2)],
)
async def test_teams_of_several_sources_are_one_by_their_name(
    office: Office, stored: Stored, names: Sequence[str], count: int
) -> None:
    for number, name in enumerate(names):
        await tell(office, TeamObserved(moment(0), TeamRef(f"source{number}", "T", name)))
    assert len(await stored.rows(tables.team)) == count


async def test_who_becomes_known_is_redacted(office: Office, stored: Stored) -> None:
    version = await stored.rows(tables.people_version)
    await tell(office, STORY[2])
    assert await stored.rows(tables.people_version) != version
    assert await stored.jobs(JobKind.JOIN_PEOPLE)
