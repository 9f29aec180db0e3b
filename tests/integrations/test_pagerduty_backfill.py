"""Reading PagerDuty's past: as far back as it is asked for, and on from where it broke off."""

from datetime import timedelta

from integrations.contract import Backfills, Batch, Polls
from integrations.observation import Observation
from integrations.pagerduty import plugin, poll
from tests.integrations.fake_pagerduty import FakePagerDuty
from tests.integrations.pagerduty_records import NOON
from tests.integrations.pagerduty_rounds import events, reading

LONG_AGO = NOON - timedelta(days=700)


def a_past() -> FakePagerDuty:
    """Two years in which there was an incident every twenty days; all are over."""
    fake = FakePagerDuty()
    for number in range(36):
        moment = LONG_AGO + timedelta(days=20 * number)
        incident_id = fake.triggers(number, moment)
        fake.happens(incident_id, "resolve", moment + timedelta(hours=1))
    return fake


def told(batches: list[Batch]) -> list[Observation]:
    return [each for batch in batches for each in batch.observations]


async def test_the_past_is_read_window_by_window() -> None:
    fake = a_past()
    async with reading(fake) as reader:
        batches = await reader.backfill(LONG_AGO + timedelta(days=90))
    seen = {each.external_id for each in events(told(batches))}
    assert seen == {f"PINC{each}" for each in range(5, 36)}
    assert len(batches) >= 4
    shares = [batch.progress or 0.0 for batch in batches]
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert (shares[-1], batches[-1].more) == (1.0, False)


async def test_it_may_be_broken_off_after_any_batch() -> None:
    async with reading(a_past()) as reader:
        whole = await reader.backfill(LONG_AGO)
        for place, batch in enumerate(whole[:-1], 1):
            rest = await poll.backfill(reader.api, LONG_AGO, batch.cursor, reader.now)
            assert rest == whole[place]
        ended = await poll.backfill(reader.api, LONG_AGO, whole[-1].cursor, reader.now)
    assert (ended.observations, ended.more, ended.progress) == ([], False, 1.0)


async def test_it_tells_what_polling_tells() -> None:
    fake = FakePagerDuty()
    incident_id = fake.triggers(1, NOON)
    async with reading(fake) as reader:
        polled, _ = await reader.round()
        filled = told(await reader.backfill(NOON - timedelta(days=1)))
    assert set(events(filled, incident_id)) <= set(polled)


async def test_the_plugin_does_both_by_the_clock() -> None:
    assert isinstance(plugin, Polls)
    assert isinstance(plugin, Backfills)
    async with reading(a_past()) as reader:
        batch = await plugin.backfill(reader.connection, reader.http, LONG_AGO, None)
        assert events(list(batch.observations))
        first = await plugin.poll(reader.connection, reader.http, None)
    assert first.more
    assert "GET /services" in reader.fake.asked
