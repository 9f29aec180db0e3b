"""Weekly answers, reviews, and whether items get done. The clock stands on 2 November 2026."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import check_in as check_ins
from server.commands import held_review as reviews
from server.commands.action_item import Create, Update
from server.commands.check_in import CheckIn
from server.commands.follow_through import measure
from server.commands.held_review import Hold
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.follow_through import FollowThroughVerdict
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import action_item, action_item_change, check_in, held_review, team
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

TODAY = MONDAY.date()


@pytest.fixture
async def ada(stored: Stored) -> UUID:
    """A person of a team."""
    return await stored.person(
        "Ada Lovelace", team_id=await stored.add(team, slug="shop", name="S")
    )


@pytest.fixture
async def item(office: Office, viewer: Viewer, incident_id: UUID, ada: UUID) -> UUID:
    """An action item of hers."""
    command = Create(incident_id, "Alert on lock waits", ActionItemKind.MONITORING, ada)
    return await action_items.create(office, viewer, command)


async def add(stored: Stored, incident: UUID, owner: UUID, **values: Any) -> UUID:
    """An item that was created a hundred days ago and was due fifty days ago."""
    row = {
        "incident_id": incident,
        "title": "Alert",
        "kind": "MONITORING",
        "priority": "P2",
        "owner_id": owner,
        "due_on": TODAY - timedelta(days=50),
        "state": "OPEN",
        "created_at": MONDAY - timedelta(days=100),
    }
    return await stored.add(action_item, **{**row, **values})


def done(days_ago: int) -> dict[str, object]:
    return {"state": "DONE", "completed_at": MONDAY - timedelta(days=days_ago)}


async def test_a_blocker_blocks_and_being_on_track_frees(
    office: Office, viewer: Viewer, stored: Stored, item: UUID, ada: UUID, clock: Clock
) -> None:
    hers = replace(viewer, person_id=ada)
    answer = CheckIn(item, False, "Waits for Ada Lovelace", "Asked twice")
    first = await check_ins.answer(office, hers, answer)
    row = await stored.row(action_item, id=item)
    assert (row["state"], row["reason_redacted"]) == ("BLOCKED", "Waits for an engineer of team S")
    clock.forward(days=7)
    await check_ins.answer(office, viewer, CheckIn(item, True))
    row = await stored.row(action_item, id=item)
    assert (row["state"], row["reason"]) == ("IN_PROGRESS", None)
    kept = await stored.row(check_in, id=first)
    assert (kept["by_id"], kept["on_track"], kept["note"]) == (ada, False, "Asked twice")
    assert kept["blocked_by_redacted"] == "Waits for an engineer of team S"
    changes = await stored.rows(action_item_change, action_item_id=item)
    assert [each["after"] for each in changes] == ["BLOCKED", "IN_PROGRESS"]
    assert (await stored.feed(row["incident_id"]))[-2:] == [("ACTION_ITEM", "REVISED")] * 2


async def test_an_answer_that_is_refused_leaves_nothing(
    office: Office, viewer: Viewer, reader: Viewer, stored: Stored, item: UUID
) -> None:
    unknown = check_ins.answer(office, viewer, CheckIn(new_id(), True))
    assert await refusal(unknown) == {(ErrorCode.NOT_FOUND, ("id",))}
    with pytest.raises(Forbidden, match="actions:write"):
        await check_ins.answer(office, reader, CheckIn(item, True))
    await action_items.update(office, viewer, Update(item, {"state": "DONE"}))
    closed = check_ins.answer(office, viewer, CheckIn(item, True))
    assert await refusal(closed) == {(ErrorCode.CONFLICT, ("id",))}
    assert await stored.rows(check_in) == []


async def test_a_key_answers_once(
    office: Office, viewer: Viewer, stored: Stored, item: UUID
) -> None:
    answer = CheckIn(item, True)
    first, second = await twice_at_once(
        check_ins.answer(office, viewer, answer, "k"), check_ins.answer(office, viewer, answer, "k")
    )
    assert first == second
    assert len(await stored.rows(check_in)) == 1


async def test_a_review_counts_from_the_last_one(
    office: Office, viewer: Viewer, stored: Stored, incident_id: UUID, ada: UUID, clock: Clock
) -> None:
    late = await add(stored, incident_id, ada)
    await add(stored, incident_id, ada, **done(2))
    await add(stored, incident_id, ada, state="DROPPED")
    await add(stored, incident_id, await stored.person("Grace Hopper"))
    found = await reviews.stand(office, viewer, "shop", None)
    assert [each.id for each in found.review.overdue] == [late]
    assert (len(found.review.done), found.completion_rate, found.whole) == (1, 1 / 3, True)
    everyone = await reviews.stand(office, viewer, None, None)
    assert (len(everyone.review.overdue), everyone.completion_rate) == (2, 1 / 4)
    held = await stored.row(held_review, id=await reviews.hold(office, viewer, Hold("shop")))
    assert (held["overdue"], held["completed"], held["completion_rate"]) == (1, 1, 1 / 3)
    clock.forward(days=7)
    found = await reviews.stand(office, viewer, "shop", None)
    assert (found.since, found.review.done) == (MONDAY, [])


async def test_a_team_or_a_day_that_is_none_is_refused(office: Office, viewer: Viewer) -> None:
    for attempt in (
        reviews.stand(office, viewer, "nowhere", None),
        reviews.hold(office, viewer, Hold("nowhere")),
    ):
        assert await refusal(attempt) == {(ErrorCode.NOT_FOUND, ("team",))}
    far = reviews.stand(office, viewer, None, date.max)
    assert await refusal(far) == {(ErrorCode.INVALID, ("on",))}


async def test_a_share_of_nothing_is_none(office: Office, viewer: Viewer) -> None:
    assert (await reviews.stand(office, viewer, None, None)).completion_rate is None
    found = await measure(office, viewer, None, None, None)
    assert (found.whole.created, found.whole.verdict, found.by_team) == (0, None, [])


async def test_a_cohort_counts_what_has_had_its_time(
    office: Office, viewer: Viewer, stored: Stored, incident_id: UUID, ada: UUID
) -> None:
    await add(stored, incident_id, ada, **done(60))
    await add(stored, incident_id, ada, **done(11))
    await add(stored, incident_id, ada, **done(5))
    await add(stored, incident_id, ada, state="DROPPED")
    await add(stored, incident_id, ada, created_at=MONDAY, due_on=TODAY, **done(0))
    await add(stored, incident_id, await stored.person("Grace Hopper"))
    await add(stored, incident_id, ada, created_at=MONDAY - timedelta(days=400))
    found = await measure(office, viewer, None, None, MONDAY + timedelta(days=1))
    whole = found.whole
    assert (whole.created, whole.matured, whole.within) == (6, 5, 2)
    assert (whole.expected, whole.on_time) == (5, 1)
    assert (whole.open, whole.overdue, whole.dropped) == (1, 1, 1)
    assert whole.verdict is FollowThroughVerdict.THEATER
    assert [(each.team, each.counted.created) for each in found.by_team] == [("shop", 5), (None, 1)]
    months = [(each.month, each.counted.created) for each in found.trend]
    assert months == [(date(2026, 7, 1), 5), (date(2026, 11, 1), 1)]
    hers = await measure(office, viewer, "shop", None, None)
    assert (hers.whole.created, hers.whole.within) == (4, 2)
