"""Polling PagerDuty: what a round tells, what it asks for, and that nothing is lost when cut."""

import json
from datetime import timedelta

import pytest

from integrations.contract import Delivery, Denied, Unwell
from integrations.observation import (
    Observation,
    PageEvent,
    PageState,
    PersonRef,
    ServiceRef,
)
from integrations.pagerduty import plugin, poll
from tests.integrations.fake_pagerduty import TOKEN, FakePagerDuty
from tests.integrations.pagerduty_records import ADA, GRACE, NOON, at
from tests.integrations.pagerduty_rounds import Reader, events, reading, standing

ADA_REF = PersonRef("pagerduty", "PADA", name="Ada")
GRACE_REF = PersonRef("pagerduty", "PGRACE", name="Grace")


def an_incident() -> FakePagerDuty:
    """One that was triggered at noon, acknowledged, and resolved."""
    fake = FakePagerDuty()
    incident_id = fake.triggers(1, at(0), priority={"id": "P1ID", "summary": "P1", "name": "P1"})
    fake.happens(incident_id, "assign", at(0), assignees=[dict(ADA)])
    sms = {"type": "auto", "notification": {"type": "sms_notification", "address": "+1 555"}}
    fake.happens(incident_id, "notify", at(0.1), user=dict(ADA), agent=None, channel=sms)
    fake.happens(incident_id, "acknowledge", at(2), agent=dict(ADA))
    fake.happens(incident_id, "escalate", at(3), agent=dict(ADA), assignees=[dict(GRACE)])
    note = {"type": "note", "summary": "The column is gone"}
    fake.happens(incident_id, "annotate", at(4), agent=dict(GRACE), channel=note)
    fake.happens(incident_id, "resolve", at(9), agent=dict(GRACE))
    for log in fake.logs.values():
        for each in log:
            if each["agent"] is None:
                del each["agent"]
    return fake


async def test_an_incident_is_told_by_its_log() -> None:
    async with reading(an_incident()) as reader:
        seen, _ = await reader.round()
    told = [(each.event, each.actor, each.paged, each.text) for each in events(seen)]
    assert told == [
        (PageEvent.TRIGGERED, None, (ADA_REF,), "It fails, 1"),
        (PageEvent.NOTIFIED, None, (ADA_REF,), "by SMS"),
        (PageEvent.ACKNOWLEDGED, ADA_REF, (), None),
        (PageEvent.ESCALATED, ADA_REF, (GRACE_REF,), None),
        (PageEvent.NOTE, GRACE_REF, (), "The column is gone"),
        (PageEvent.RESOLVED, GRACE_REF, (), None),
    ]
    assert all(each.listed for each in events(seen))


async def test_an_incident_is_told_as_it_stands() -> None:
    async with reading(an_incident()) as reader:
        seen, _ = await reader.round()
    page = standing(seen)["PINC1"]
    assert (page.title, page.state, page.priority) == ("It fails, 1", PageState.RESOLVED, "P1")
    assert page.service == ServiceRef("pagerduty", "PSHOP", "Shop")
    assert page.created_at == NOON
    assert page.moment.at == at(9) + timedelta(seconds=1)
    assert page.url == "https://acme.pagerduty.com/incidents/PINC1"


async def test_a_priority_is_told_in_the_organisations_meaning() -> None:
    fake = FakePagerDuty()
    fake.triggers(1, at(0), priority={"id": "P", "summary": "Business critical"})
    async with reading(fake, priorities={"Business critical": "SEV1"}) as reader:
        seen, _ = await reader.round()
    assert standing(seen)["PINC1"].priority == "SEV1"


async def test_the_next_round_reads_only_what_changed() -> None:
    fake = FakePagerDuty()
    for number in (1, 2, 3):
        fake.triggers(number, at(number))
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        reader.now = at(70)
        fake.happens("PINC2", "acknowledge", at(65), agent=dict(ADA))
        fake.triggers(4, at(66))
        fake.asked.clear()
        seen, cursor = await reader.round(cursor)
        assert {each.external_id for each in events(seen)} == {"PINC2", "PINC4"}
        assert standing(seen)["PINC2"].state is PageState.ACKNOWLEDGED
        assert [each for each in fake.asked if "log_entries" in each] == [
            "GET /incidents/PINC4/log_entries",
            "GET /incidents/PINC2/log_entries",
        ]
        fake.asked.clear()
        seen, _ = await reader.round(cursor)
    assert (seen, fake.asked) == ([], ["GET /incidents"] * 3)


async def test_an_incident_that_was_open_long_ago_is_read_to_its_end() -> None:
    fake = FakePagerDuty()
    old = fake.triggers(1, NOON - timedelta(days=400))
    async with reading(fake) as reader:
        seen, cursor = await reader.round()
        assert [each.event for each in events(seen, old)] == [PageEvent.TRIGGERED]
        fake.happens(old, "resolve", at(61), agent=dict(ADA))
        reader.now = at(62)
        seen, cursor = await reader.round(cursor)
        assert events(seen, old)[-1].event is PageEvent.RESOLVED
        fake.asked.clear()
        await reader.round(cursor)
    assert f"GET /incidents/{old}" not in fake.asked


async def test_an_incident_that_was_deleted_is_looked_for_no_more() -> None:
    fake = FakePagerDuty()
    gone = fake.triggers(1, at(0))
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        del fake.incidents[gone]
        seen, cursor = await reader.round(cursor)
        fake.asked.clear()
        await reader.round(cursor)
    assert seen == []
    assert f"GET /incidents/{gone}" not in fake.asked


async def test_what_became_part_of_another_says_so() -> None:
    fake = FakePagerDuty()
    target, source = fake.triggers(1, at(0)), fake.triggers(2, at(1))
    fake.happens(source, "resolve", at(3), agent=dict(ADA))
    fake.happens(source, "trigger", at(4))
    fake.merges(source, target, at(5), agent=dict(ADA))
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    told = [each.event for each in events(seen, source)]
    assert told == [
        PageEvent.TRIGGERED,
        PageEvent.RESOLVED,
        PageEvent.REOPENED,
        PageEvent.MERGED,
    ]
    merged = events(seen, source)[-1]
    assert (merged.merged_into, merged.actor) == (target, ADA_REF)
    assert standing(seen)[source].state is None


async def test_only_incidents_of_the_services_that_are_named() -> None:
    fake = FakePagerDuty()
    fake.triggers(1, at(0))
    fake.triggers(2, at(0), service={"id": "PELSE", "type": "service_reference"})
    async with reading(fake, services=["PSHOP"]) as reader:
        seen, _ = await reader.round()
    assert {each.external_id for each in events(seen)} == {"PINC1"}
    assert "GET /incidents/PINC2/log_entries" not in fake.asked


async def test_more_incidents_than_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll, "PER_BATCH", 100)
    start = NOON - timedelta(days=300)
    fake = FakePagerDuty(crowd=[start + timedelta(minutes=each) for each in range(10_150)])
    hidden = fake.triggers(1, start + timedelta(minutes=10_100.5))
    async with reading(fake, services=["PSHOP"]) as reader:
        batches = await reader.backfill(start)
    seen = [each for batch in batches for each in batch.observations]
    assert [each.event for each in events(seen, hidden)] == [PageEvent.TRIGGERED]
    shares = [batch.progress or 0.0 for batch in batches]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_a_moment_in_which_too_much_happened_stops_nothing() -> None:
    fake = FakePagerDuty(crowd=[NOON] * 10_001)
    later = fake.triggers(1, at(10))
    async with reading(fake, services=["PSHOP"]) as reader:
        reader.now = at(11)
        batches = []
        cursor = None
        while not batches or batches[-1].more:
            batch = await poll.backfill(reader.api, NOON, cursor, reader.now)
            cursor = _shortcut(batch.cursor)
            batches.append(batch)
    seen = [each for batch in batches for each in batch.observations]
    assert [each.event for each in events(seen, later)] == [PageEvent.TRIGGERED]


def _shortcut(cursor: str) -> str:
    """The same cursor, further into a crowd of which each part is like the others."""
    kept = json.loads(cursor)
    if kept["window"] and 0 < kept["window"]["offset"] < 9_900:
        kept["window"]["offset"] = 9_900
    return json.dumps(kept)


@pytest.mark.parametrize("status", [403, 429, 500, 502])
async def test_a_round_cut_at_any_request_ends_as_if_it_had_not_been(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "PER_BATCH", 2)
    fake = FakePagerDuty(page_size=2)
    for number in range(1, 6):
        fake.triggers(number, at(number))
        fake.happens(f"PINC{number}", "acknowledge", at(number + 1), agent=dict(ADA))
    async with reading(fake) as reader:
        _, begun = await reader.round()
        for number in range(1, 4):
            fake.happens(f"PINC{number}", "resolve", at(61), agent=dict(ADA))
        for number in range(6, 10):
            fake.triggers(number, at(55 + number))
        reader.now = at(130)
        whole, ended = await reader.round(begun)
        cut, cursor = await _cut_everywhere(reader, begun, status)
    assert (cut, cursor) == (whole, ended)
    assert {each.external_id for each in events(cut)} == {
        f"PINC{each}" for each in (1, 2, 3, 6, 7, 8, 9)
    }
    assert [each.event for each in events(cut, "PINC1")] == [
        PageEvent.TRIGGERED,
        PageEvent.ACKNOWLEDGED,
        PageEvent.RESOLVED,
    ]


async def _cut_everywhere(
    reader: Reader, cursor: str, status: int
) -> tuple[list[Observation], str]:
    """A round in which every batch fails first at each of its requests."""
    seen: list[Observation] = []
    while True:
        reader.fake.asked.clear()
        batch = await reader.poll(cursor)
        for path in dict.fromkeys(reader.fake.asked):
            reader.fake.trouble[:] = [(path.removeprefix("GET "), status)]
            with pytest.raises((Denied, Unwell)):
                await reader.poll(cursor)
            reader.fake.trouble.clear()
        again = await reader.poll(cursor)
        assert again == batch
        seen += again.observations
        cursor = again.cursor
        if not again.more:
            return seen, cursor


async def test_a_record_that_cannot_be_read_is_put_by_and_read_later() -> None:
    fake = FakePagerDuty()
    fake.triggers(1, at(0))
    odd = fake.happens("PINC1", "annotate", at(1), channel={"type": "note", "summary": "Look"})
    del odd["created_at"]
    fake.triggers(2, at(0))
    async with reading(fake) as reader:
        seen, unreadable = [], []
        cursor, more = None, True
        while more:
            batch = await reader.poll(cursor)
            seen += batch.observations
            unreadable += batch.unreadable
            cursor, more = batch.cursor, batch.more
    assert {each.external_id for each in events(seen)} == {"PINC1", "PINC2"}
    (kept,) = unreadable
    assert "created_at" in kept.reason
    mended = json.loads(kept.body)
    mended["record"]["created_at"] = "2026-11-02T12:01:00Z"
    (note,) = plugin.parse(Delivery(kept.event, json.dumps(mended).encode()))
    assert (note.external_id, note.event, note.text) == ("PINC1", PageEvent.NOTE, "Look")


async def test_a_wrong_token_is_denied_and_never_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    async with reading(an_incident(), token="u+wrong") as reader:
        with pytest.raises(Denied) as denied:
            await reader.poll()
    assert "u+wrong" not in f"{denied.value}{caplog.text}{reader.connection}"


async def test_nothing_that_is_read_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    fake = an_incident()
    del fake.incidents[fake.triggers(2, at(1))]["id"]
    async with reading(fake) as reader:
        _, cursor = await reader.round()
    told = f"{caplog.text}{cursor}"
    assert not any(each in told for each in (TOKEN, "It fails", "The column is gone", "+1 555"))


async def test_a_cursor_of_another_version_begins_anew() -> None:
    async with reading(an_incident()) as reader:
        first, _ = await reader.round()
        again, _ = await reader.round('{"version": 0}')
    assert again == first


async def test_an_incident_that_cannot_be_read_stops_no_other() -> None:
    fake = FakePagerDuty()
    for number in (1, 2):
        fake.triggers(number, at(number))
    del fake.incidents["PINC1"]["id"]
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    assert {each.external_id for each in events(seen)} == {"PINC2"}
