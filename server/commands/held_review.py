"""Looking each week at how action items stand, and recording that it was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.commands.once import once
from server.commands.work import Office, Work
from server.domain.reminder import WEEK, Review, review
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, refuse
from server.store import held_review as store
from server.store.ids import new_id
from server.store.reminder import MAX_ITEMS
from server.store.statements import find_row, insert_row
from server.store.tables import held_review
from server.store.tables import team as teams

_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the items of a team stand on a day, or those of all teams.

    `since` is when the last review was held, or a week ago. `whole` says whether all are listed.
    """

    on: date
    since: datetime
    review: Review
    completion_rate: float | None
    whole: bool


async def stand(office: Office, viewer: Viewer, team: str | None, on: date | None) -> Standing:
    """How action items stand; they are as they are now, and judged by a day.

    Raises:
        Forbidden: the viewer may not read incidents.
        Refused: NOT_FOUND, there is no such team; INVALID, a day far from ours.
    """
    viewer.require(Scope.INCIDENTS_READ)
    if on and not _FIRST <= on <= _LAST:
        raise refuse(ErrorCode.INVALID, f"Choose a day from {_FIRST} to {_LAST}.", "on")
    async with office.work() as work:
        team_id = await _team(work, team)
        return await _standing(work, team_id, on or work.now.date())


@dataclass(frozen=True, slots=True)
class Hold:
    """Record that the items of a team were reviewed, by its slug; or those of all teams."""

    team: str | None


async def hold(office: Office, viewer: Viewer, command: Hold, key: str | None = None) -> UUID:
    """Record a review as it stands now; its id.

    Raises:
        Refused: NOT_FOUND, there is no such team.
    """
    viewer.require(Scope.ACTIONS_WRITE)
    async with office.work() as work:

        async def make() -> Sequence[UUID]:
            return [await _hold(work, viewer, await _team(work, command.team))]

        return (await once(work, viewer, command, key, make))[0]


async def _hold(work: Work, viewer: Viewer, team_id: UUID | None) -> UUID:
    standing = await _standing(work, team_id, work.now.date())
    review_id, found = new_id(), standing.review
    await insert_row(
        work.tx,
        held_review,
        id=review_id,
        team_id=team_id,
        held_at=work.now,
        by_id=viewer.person_id,
        overdue=len(found.overdue),
        blocked=len(found.blocked),
        due_soon=len(found.due_soon),
        on_track=len(found.on_track),
        completed=len(found.done),
        completion_rate=standing.completion_rate,
    )
    return review_id


async def _team(work: Work, slug: str | None) -> UUID | None:
    if slug is None:
        return None
    if found := await find_row(work.tx, teams, slug=slug):
        team_id: UUID = found["id"]
        return team_id
    raise refuse(ErrorCode.NOT_FOUND, "There is no team of this slug.", "team")


async def _standing(work: Work, team_id: UUID | None, on: date) -> Standing:
    since = await store.last(work.tx, team_id) or work.now - WEEK
    items = await store.standing(work.tx, team_id, since)
    rate = await store.rate(work.tx, team_id, on)
    return Standing(on, since, review(items, on, since), rate, len(items) < MAX_ITEMS)
