"""Resolving an incident at PagerDuty."""

import pytest

from integrations.contract import Missing, Rejected, ResolvesPages
from integrations.pagerduty import plugin
from tests.integrations.fake_pagerduty import FakePagerDuty
from tests.integrations.pagerduty_records import at
from tests.integrations.pagerduty_rounds import Reader, reading

RESOLVING = {"resolve": True, "from": "ada@acme.example"}


async def resolve(reader: Reader, incident_id: str) -> None:
    assert isinstance(plugin, ResolvesPages)
    await plugin.resolve_page(reader.connection, reader.http, incident_id)


async def test_an_incident_is_resolved_once() -> None:
    fake = FakePagerDuty()
    incident_id = fake.triggers(1, at(0))
    async with reading(fake, **RESOLVING) as reader:
        await resolve(reader, incident_id)
        assert fake.incidents[incident_id]["status"] == "resolved"
        await resolve(reader, incident_id)
    assert fake.asked.count(f"PUT /incidents/{incident_id}") == 1


async def test_nothing_is_resolved_where_the_operator_did_not_say_so() -> None:
    fake = FakePagerDuty()
    incident_id = fake.triggers(1, at(0))
    for settings in ({}, {"resolve": False, "from": "ada@acme.example"}, {"resolve": True}):
        async with reading(fake, **settings) as reader:
            await resolve(reader, incident_id)
    assert fake.asked == []


async def test_what_cannot_be_resolved() -> None:
    fake = FakePagerDuty()
    incident_id = fake.triggers(1, at(0))
    async with reading(fake, **RESOLVING) as reader:
        with pytest.raises(Missing):
            await resolve(reader, "PNONE/../PINC1")
    async with reading(fake, **{**RESOLVING, "from": "nobody@acme.example"}) as reader:
        with pytest.raises(Rejected):
            await resolve(reader, incident_id)
