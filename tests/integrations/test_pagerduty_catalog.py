"""PagerDuty's services, teams and users: told at the beginning, and again where they changed."""

import json
from datetime import timedelta
from typing import TypeVar

import pytest

from integrations.contract import Delivery, Rejected
from integrations.observation import (
    Observation,
    PersonObserved,
    PersonRef,
    ServiceObserved,
    ServiceRef,
    TeamObserved,
    TeamRef,
)
from integrations.pagerduty import plugin
from tests.integrations.fake_pagerduty import FakePagerDuty
from tests.integrations.pagerduty_records import service, user
from tests.integrations.pagerduty_rounds import reading

T = TypeVar("T")

ENGINEERING = TeamRef("pagerduty", "PENG", "Engineering")
LISTS = {"GET /services", "GET /teams", "GET /users"}


def of(cls: type[T], seen: list[Observation]) -> list[T]:
    return [each for each in seen if isinstance(each, cls)]


async def test_services_teams_and_people_are_told() -> None:
    fake = FakePagerDuty(services=[service(), service("PBARE", "Bare", teams=[])])
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    assert [(each.service, each.team) for each in of(ServiceObserved, seen)] == [
        (ServiceRef("pagerduty", "PSHOP", "Shop"), ENGINEERING),
        (ServiceRef("pagerduty", "PBARE", "Bare"), None),
    ]
    assert [each.team for each in of(TeamObserved, seen)] == [ENGINEERING]
    ada = PersonRef("pagerduty", "PADA", name="Ada", email="ada@acme.example")
    first, _ = of(PersonObserved, seen)
    assert (first.person, first.teams) == (ada, (ENGINEERING,))
    assert {each.moment.at for each in seen} == {reader.now}


async def test_an_address_is_not_verified_before_the_invitation_is_taken_up() -> None:
    fake = FakePagerDuty(users=[user("PNEW", "Newcomer", invitation_sent=True)])
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    (newcomer,) = of(PersonObserved, seen)
    assert newcomer.person.email is None


async def test_it_is_read_once_an_hour_and_told_where_it_changed() -> None:
    fake = FakePagerDuty(page_size=1)
    async with reading(fake) as reader:
        first, cursor = await reader.round()
        assert len(first) == 4
        fake.asked.clear()
        reader.now += timedelta(minutes=59)
        seen, cursor = await reader.round(cursor)
        assert (seen, LISTS & set(fake.asked)) == ([], set())
        reader.now += timedelta(minutes=1)
        fake.services[0]["status"] = "critical"
        seen, cursor = await reader.round(cursor)
        assert (seen, LISTS & set(fake.asked)) == ([], LISTS)
        reader.now += timedelta(hours=1)
        fake.users[1]["name"] = "Grace Hopper"
        seen, _ = await reader.round(cursor)
    (changed,) = of(PersonObserved, seen)
    assert (changed.person.name, changed.moment.at) == ("Grace Hopper", reader.now)
    assert len(seen) == 1


async def test_a_plan_without_teams_is_no_trouble() -> None:
    async with reading(FakePagerDuty(without={"/teams"})) as reader:
        seen, _ = await reader.round()
        assert of(PersonObserved, seen)
        assert not of(TeamObserved, seen)
        reader.fake.without = {"/users"}
        with pytest.raises(Rejected):
            await reader.round()


async def test_a_record_that_cannot_be_read_is_put_by_and_read_later() -> None:
    fake = FakePagerDuty(users=[user("", "Nobody"), user("PADA", "Ada")])
    async with reading(fake) as reader:
        unreadable, seen = [], []
        batch = await reader.poll()
        for _ in range(3):
            seen += batch.observations
            unreadable += batch.unreadable
            batch = await reader.poll(batch.cursor)
    assert [each.person.external_id for each in of(PersonObserved, seen)] == ["PADA"]
    (kept,) = unreadable
    mended = json.loads(kept.body)
    mended["record"]["id"] = "PNOBODY"
    (person,) = plugin.parse(Delivery(kept.event, json.dumps(mended).encode()))
    assert isinstance(person, PersonObserved)
    assert (person.person.external_id, person.moment.at) == ("PNOBODY", reader.now)
