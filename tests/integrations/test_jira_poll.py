"""Polling Jira: every change of a ticket is told, and nothing is lost when a round is cut."""

import json
from datetime import timedelta

import pytest

from integrations.contract import Delivery, Denied, Rejected, Unwell
from integrations.jira import plugin
from integrations.observation import Observation, TicketObserved
from tests.integrations.fake_jira import FakeJira
from tests.integrations.jira_rounds import Desk, a_site, at_desk
from tests.integrations.jira_site import START
from tests.vendor import says

BOTH = pytest.mark.parametrize("is_cloud", [True, False], ids=["Cloud", "Data Center"])


def markers(seen: list[Observation]) -> list[str | None]:
    return [each.marker for each in seen if isinstance(each, TicketObserved)]


@BOTH
async def test_a_first_round_tells_of_every_ticket(is_cloud: bool) -> None:
    async with at_desk(FakeJira(a_site(is_cloud=is_cloud), page_size=3)) as desk:
        seen, _ = await desk.round()
    assert set(markers(seen)) == {f"whychain-{number}" for number in range(1, 11)}


@BOTH
async def test_a_round_without_news_is_one_request(is_cloud: bool) -> None:
    async with at_desk(FakeJira(a_site(is_cloud=is_cloud))) as desk:
        first, cursor = await desk.round()
        desk.fake.asked.clear()
        again, cursor = await desk.round(cursor)
        assert len(desk.fake.asked) == 1
        assert set(again) < set(first)
        desk.site.now += timedelta(hours=1)
        desk.site.move(desk.site.issues["10003"], "Done")
        news, _ = await desk.round(cursor)
    assert markers([each for each in news if each not in first]) == ["whychain-2"]


async def test_what_the_index_learns_late_is_told_late() -> None:
    async with at_desk(FakeJira(a_site(2))) as desk:
        _, cursor = await desk.round()
        desk.site.lags = True
        desk.site.now += timedelta(minutes=1)
        early, late = desk.site.issues["10001"], desk.site.issues["10003"]
        desk.site.move(early, "Done")
        desk.site.now += timedelta(minutes=2)
        desk.site.move(late, "Done")
        desk.site.indexed["10003"] = late
        seen, cursor = await desk.round(cursor)
        assert "whychain-2" in markers(seen)
        desk.site.index()
        seen, _ = await desk.round(cursor)
    told = {each.marker: each.state for each in seen if isinstance(each, TicketObserved)}
    assert told["whychain-1"] == "DONE"


@BOTH
@pytest.mark.parametrize("minutes", [0, 1], ids=["in one minute", "in many"])
async def test_a_round_that_is_cut_at_any_request_loses_nothing(
    minutes: int, is_cloud: bool
) -> None:
    site = a_site(30, minutes=minutes, is_cloud=is_cloud)
    async with at_desk(FakeJira(site, page_size=12)) as desk:
        whole, _ = await desk.round()
        requests = len(desk.fake.asked)
        assert requests > 2
        for cut in range(requests):
            assert set(await _cut_round(desk, cut)) == set(whole)


async def _cut_round(desk: Desk, cut: int) -> list[Observation]:
    """A round whose request of that number fails until the host gives up and comes again."""
    seen: list[Observation] = []
    cursor: str | None = None
    more, number = True, 0
    while more:
        if number == cut:
            desk.fake.trouble = [("GET search", says(status=500)) for _ in range(3)]
            with pytest.raises(Unwell):
                await desk.poll(cursor)
        batch = await desk.poll(cursor)
        seen += batch.observations
        cursor, more, number = batch.cursor, batch.more, number + 1
    return seen


@BOTH
async def test_a_ticket_that_changes_during_a_round_hides_no_other(is_cloud: bool) -> None:
    async with at_desk(FakeJira(a_site(is_cloud=is_cloud), page_size=3)) as desk:
        batch = await desk.poll()
        seen = list(batch.observations)
        desk.site.now += timedelta(minutes=1)
        desk.site.move(desk.site.issues["10001"], "Done")
        rest, _ = await desk.round(batch.cursor)
    assert set(markers(seen + rest)) == {f"whychain-{number}" for number in range(1, 11)}


async def test_a_ticket_that_changes_within_a_minute_hides_no_other_on_data_center() -> None:
    async with at_desk(FakeJira(a_site(10, minutes=0, is_cloud=False), page_size=3)) as desk:
        batch = await desk.poll()
        batch = await desk.poll(batch.cursor)
        seen = [*batch.observations]
        assert json.loads(batch.cursor)["after"]
        desk.site.now += timedelta(minutes=1)
        desk.site.move(desk.site.issues["10001"], "Done")
        rest, _ = await desk.round(batch.cursor)
    assert set(markers(seen + rest)) == {f"whychain-{number}" for number in range(1, 11)}


async def test_a_marker_that_was_tidied_up_is_found_in_the_property() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        desk.site.edit(desk.issue(ticket), {"labels": ["whychain"]})
        seen, _ = await desk.round()
    assert markers(seen) == [ticket.marker]


async def test_a_page_that_jira_forgot_is_begun_anew() -> None:
    async with at_desk(FakeJira(a_site(10, minutes=0), page_size=3)) as desk:
        batch = await desk.poll()
        assert json.loads(batch.cursor)["after"] is None
        batch = await desk.poll(batch.cursor)
        assert json.loads(batch.cursor)["after"]
        desk.fake.forgets_pages = True
        seen = list((await desk.poll(batch.cursor)).observations)
        desk.fake.forgets_pages = False
        rest, _ = await desk.round(batch.cursor)
    assert markers(seen)[0] == "whychain-1"
    assert "whychain-10" in markers(rest)


async def test_a_cursor_of_another_version_begins_anew() -> None:
    async with at_desk(FakeJira(a_site(3))) as desk:
        seen, _ = await desk.round('{"version": 0, "place": 7}')
    assert len(markers(seen)) == 3


@BOTH
async def test_the_past_is_read_since_a_day(is_cloud: bool) -> None:
    site = a_site(20, minutes=60, is_cloud=is_cloud)
    async with at_desk(FakeJira(site, page_size=3)) as desk:
        batches = await desk.backfill(START + timedelta(hours=10))
    seen = [each for batch in batches for each in batch.observations]
    assert set(markers(seen)) == {f"whychain-{number}" for number in range(10, 21)}
    shares = [batch.progress for batch in batches]
    assert all(share is not None and 0 <= share <= 1 for share in shares)
    assert shares == sorted(shares, key=lambda share: share or 0)
    assert shares[-1] == 1


async def test_an_unreadable_ticket_is_parked_and_can_be_read_later() -> None:
    async with at_desk(FakeJira(a_site(3))) as desk:
        odd = desk.site.indexed["10003"]
        odd["fields"]["duedate"] = "soon"
        batch = await desk.poll()
        (parked,) = batch.unreadable
        assert markers(list(batch.observations)) == ["whychain-1", "whychain-3"]
        mended = parked.body.replace(b'"soon"', b'"2026-04-01"')
        delivery = Delivery(parked.event, mended, connections=(desk.connection,))
        (seen,) = plugin.parse(delivery)
        again = await desk.poll()
    assert "duedate" in parked.reason
    assert "Do 2" not in parked.reason
    assert again.unreadable == batch.unreadable
    assert isinstance(seen, TicketObserved)
    assert seen.marker == "whychain-2"


async def test_a_webhook_and_a_reading_say_the_same() -> None:
    async with at_desk(FakeJira(a_site(1))) as desk:
        issue = desk.site.issues["10001"]
        desk.site.edit(issue, {"duedate": "2026-04-01", "assignee": {"accountId": "ada"}})
        body = json.dumps(desk.site.webhook(issue)).encode()
        delivery = Delivery("jira:issue_updated", body, connections=(desk.connection,))
        (heard,) = plugin.parse(delivery)
        ((read,), _) = await desk.round()
    assert isinstance(heard, TicketObserved)
    assert isinstance(read, TicketObserved)
    assert read.moment.at == heard.moment.at
    assert read.moment > heard.moment
    for name in ("external_id", "url", "marker", "assignee", "due_on", "due_at", "assigned_at"):
        assert getattr(read, name) == getattr(heard, name)
    assert heard.state_at is None
    assert read.state_at is not None


@pytest.mark.parametrize(
    ("status", "raised"), [(400, Rejected), (401, Denied), (403, Denied), (500, Unwell)]
)
async def test_what_jira_refuses_is_the_hosts_to_judge(
    status: int, raised: type[Exception]
) -> None:
    trouble = [("GET search", says(status=status)) for _ in range(3)]
    async with at_desk(FakeJira(trouble=trouble)) as desk:
        with pytest.raises(raised):
            await desk.poll()


async def test_a_limit_is_waited_for() -> None:
    limit = says(status=429, retry_after="30")
    async with at_desk(FakeJira(a_site(1), trouble=[("GET search", limit)])) as desk:
        assert len((await desk.poll()).observations) == 1
        assert sum(desk.passing.slept) == pytest.approx(30, abs=0.001)
