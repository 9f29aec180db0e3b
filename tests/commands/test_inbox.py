"""What an operator does with the inbox."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from server.commands import delivery, inbox
from server.commands.delivery import Inbox
from server.commands.inbox import Wanted
from server.commands.work import Office
from server.domain.delivery import DeliveryState
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Forbidden
from server.store import tables
from server.store.ids import new_id
from server.store.queue import JobKind
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal
from tests.commands.told import GITHUB, deployment

NOT_FOUND, CONFLICT = ErrorCode.NOT_FOUND, ErrorCode.CONFLICT
SECRET = "what nobody may read in a log"


@pytest.fixture
def operator() -> Viewer:
    """Somebody who may administrate."""
    return Viewer("token:operator", "operator", frozenset({Scope.ADMIN}))


@pytest.fixture
def stranger(viewer: Viewer) -> Viewer:
    """Somebody who may do everything else."""
    return viewer


async def accepted(office: Office, stored: Stored, key: str, source: str = "github") -> UUID:
    assert await Inbox(office)(source=source, key=key, event="push", body=SECRET.encode())
    found: UUID = (await stored.row(tables.delivery, key=key))["id"]
    return found


async def parked(office: Office, stored: Stored, key: str, source: str = "github") -> UUID:
    """A delivery that was tried once and given up, its job gone."""
    delivery_id = await accepted(office, stored, key, source)
    assert await delivery.begin(office, delivery_id)
    await delivery.park(office, delivery_id, "Malformed: no sha")
    await stored.lose_jobs()
    return delivery_id


async def done(office: Office, stored: Stored, key: str) -> UUID:
    """A delivery whose deployment is stored, its job gone."""
    delivery_id = await accepted(office, stored, key)
    await process(office, delivery_id)
    await stored.lose_jobs()
    return delivery_id


async def process(office: Office, delivery_id: UUID) -> None:
    kept = await delivery.begin(office, delivery_id)
    assert kept is not None
    await delivery.finish(office, kept, GITHUB, [deployment("d1", "1", 0)])


async def state(stored: Stored, delivery_id: UUID) -> DeliveryState:
    return DeliveryState((await stored.row(tables.delivery, id=delivery_id))["state"])


# ── looking ──────────────────────────────────────────────────────────────────


async def test_pages_lead_through_all_the_newest_first(
    office: Office, stored: Stored, clock: Clock, operator: Viewer
) -> None:
    """Some came in at the same moment: their ids break the tie."""
    ids = []
    for number in range(7):
        ids.append(await accepted(office, stored, f"k{number}"))
        clock.forward(seconds=number % 2)
    seen: list[UUID] = []
    while True:
        after = seen[-1] if seen else None
        page = await inbox.page(office, operator, Wanted(), after=after, limit=2)
        if not page:
            break
        seen += [each.id for each in page]
    assert seen == ids[::-1]


async def test_a_list_is_narrowed_by_state_source_and_time(
    office: Office, stored: Stored, clock: Clock, operator: Viewer
) -> None:
    await parked(office, stored, "old")
    now = clock.forward(hours=1)
    await parked(office, stored, "hub")
    await parked(office, stored, "pager", "pagerduty")
    await accepted(office, stored, "waits")

    async def keys(wanted: Wanted) -> set[str]:
        found = await inbox.page(office, operator, wanted, limit=10)
        return {each.key for each in found}

    assert await keys(Wanted(state=DeliveryState.PENDING)) == {"waits"}
    assert await keys(Wanted(source="pagerduty")) == {"pager"}
    assert await keys(Wanted(received_before=now)) == {"old"}
    just_parked = Wanted(DeliveryState.PARKED, "github", received_after=MONDAY)
    assert await keys(just_parked) == {"hub"}


async def test_a_page_after_what_is_not_there_is_refused(office: Office, operator: Viewer) -> None:
    attempt = inbox.page(office, operator, Wanted(), after=new_id(), limit=1)
    assert await refusal(attempt) == {(NOT_FOUND, ("after",))}


async def test_one_is_shown_without_its_body(
    office: Office, stored: Stored, clock: Clock, operator: Viewer
) -> None:
    delivery_id = await parked(office, stored, "k1")
    found = await inbox.show(office, operator, delivery_id)
    assert (found.source, found.key, found.event, found.attempts) == ("github", "k1", "push", 1)
    assert (found.state, found.error) == (DeliveryState.PARKED, "Malformed: no sha")
    assert (found.received_at, found.processed_at) == (clock.now, clock.now)
    assert found.body_bytes == len(SECRET)
    assert SECRET not in repr(found)


async def test_a_body_is_shown_to_who_asks_for_it_and_that_is_logged(
    office: Office, stored: Stored, operator: Viewer
) -> None:
    delivery_id = await parked(office, stored, "k1")
    with capture_logs() as logged:
        assert await inbox.show_body(office, operator, delivery_id) == SECRET.encode()
    (line,) = logged
    assert (line["delivery"], line["by"]) == (str(delivery_id), "token:operator")
    assert SECRET not in str(line)


# ── replaying ────────────────────────────────────────────────────────────────


async def test_a_parked_one_is_processed_as_if_it_had_just_come_in(
    office: Office, stored: Stored, operator: Viewer
) -> None:
    delivery_id = await parked(office, stored, "k1")
    with capture_logs() as logged:
        await inbox.replay(office, operator, delivery_id)
    row = await stored.row(tables.delivery, id=delivery_id)
    assert (row["state"], row["attempts"]) == ("PENDING", 0)
    assert (row["error"], row["processed_at"]) == (None, None)
    assert await stored.jobs(JobKind.DELIVERY) == [delivery_id]
    assert [(line["event"], line["by"]) for line in logged] == [
        ("delivery replayed", "token:operator")
    ]
    assert SECRET not in str(logged)
    await process(office, delivery_id)
    assert await state(stored, delivery_id) is DeliveryState.DONE


async def test_a_done_one_may_be_replayed_and_changes_nothing(
    office: Office, stored: Stored, operator: Viewer
) -> None:
    delivery_id = await done(office, stored, "k1")
    before = await stored.rows(tables.deployment), await stored.rows(tables.observation)
    await inbox.replay(office, operator, delivery_id)
    assert await state(stored, delivery_id) is DeliveryState.PENDING
    await process(office, delivery_id)
    assert await state(stored, delivery_id) is DeliveryState.DONE
    assert (await stored.rows(tables.deployment), await stored.rows(tables.observation)) == before


async def test_all_parked_of_a_source_are_replayed_each_once(
    office: Office, stored: Stored, operator: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than fit into one transaction."""
    monkeypatch.setattr(inbox, "MOST_AT_ONCE", 2)
    ours = {await parked(office, stored, f"k{number}") for number in range(5)}
    other = await parked(office, stored, "other", "pagerduty")
    finished = await done(office, stored, "done")
    with capture_logs() as logged:
        assert await inbox.replay_parked(office, operator, "github") == 5
    assert {line["delivery"] for line in logged} == set(map(str, ours))
    assert set(await stored.jobs(JobKind.DELIVERY)) == ours
    assert {await state(stored, each) for each in ours} == {DeliveryState.PENDING}
    assert await state(stored, finished) is DeliveryState.DONE
    assert await state(stored, other) is DeliveryState.PARKED
    assert await inbox.replay_parked(office, operator) == 1
    assert await inbox.replay_parked(office, operator) == 0


async def test_what_waits_or_has_no_body_is_not_replayed(
    office: Office, stored: Stored, operator: Viewer
) -> None:
    waits, gone = await accepted(office, stored, "waits"), await parked(office, stored, "gone")
    await inbox.discard(office, operator, gone)
    for delivery_id in (waits, gone):
        attempt = inbox.replay(office, operator, delivery_id)
        assert await refusal(attempt) == {(CONFLICT, ("id",))}
    assert await stored.jobs(JobKind.DELIVERY) == []


# ── giving up ────────────────────────────────────────────────────────────────


async def test_a_discarded_one_leaves_its_key_and_why_it_was_parked(
    office: Office, stored: Stored, operator: Viewer
) -> None:
    delivery_id = await parked(office, stored, "k1")
    with capture_logs() as logged:
        await inbox.discard(office, operator, delivery_id)
    row = await stored.row(tables.delivery, id=delivery_id)
    assert (row["state"], row["body"], row["error"]) == ("DISCARDED", None, "Malformed: no sha")
    assert [line["event"] for line in logged] == ["delivery discarded"]
    assert not await Inbox(office)(source="github", key="k1", event="push", body=b"{}")
    attempt = inbox.show_body(office, operator, delivery_id)
    assert await refusal(attempt) == {(NOT_FOUND, ("id",))}


async def test_only_what_is_parked_is_discarded(
    office: Office, stored: Stored, operator: Viewer
) -> None:
    delivery_id = await done(office, stored, "k1")
    assert await refusal(inbox.discard(office, operator, delivery_id)) == {(CONFLICT, ("id",))}
    assert (await stored.row(tables.delivery, id=delivery_id))["body"] == SECRET.encode()


# ── who may ──────────────────────────────────────────────────────────────────

Act = Callable[[Office, Viewer, UUID], Awaitable[Any]]
ON_ONE: list[Act] = [inbox.show, inbox.show_body, inbox.replay, inbox.discard]


@pytest.mark.parametrize("act", ON_ONE)
async def test_nothing_is_done_about_what_is_not_there(
    office: Office, operator: Viewer, act: Act
) -> None:
    assert await refusal(act(office, operator, new_id())) == {(NOT_FOUND, ("id",))}


async def list_all(office: Office, viewer: Viewer, _: UUID) -> Any:
    return await inbox.page(office, viewer, Wanted(), limit=1)


async def replay_all(office: Office, viewer: Viewer, _: UUID) -> Any:
    return await inbox.replay_parked(office, viewer)


@pytest.mark.parametrize("act", [*ON_ONE, list_all, replay_all])
async def test_all_of_it_is_for_administrators(
    office: Office, stored: Stored, stranger: Viewer, act: Act
) -> None:
    delivery_id = await parked(office, stored, "k1")
    with pytest.raises(Forbidden):
        await act(office, stranger, delivery_id)
    assert await state(stored, delivery_id) is DeliveryState.PARKED
