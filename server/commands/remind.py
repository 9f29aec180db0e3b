"""Reminding people and teams of their action items, each at most once a day."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from server.commands import post
from server.commands.post import Target
from server.commands.work import Office, Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.link import Links
from server.domain.post import PostKind
from server.domain.reminder import WEEK, Item, ReminderRole, Rhythm, review
from server.domain.reminder_words import escalation_text, reminder_text, review_text
from server.store import held_review as held
from server.store import incident as incidents
from server.store import reminder
from server.store.database import Row
from server.store.ids import new_id
from server.store.statements import find_row, insert_rows
from server.store.tables import reminder as table

FindPerson: TypeAlias = Callable[[str, str], Target | None]
"""Where somebody is reached whom a provider knows by an id."""

FindTeam: TypeAlias = Callable[[str], Target | None]
"""Where a team is reached, by its slug."""

_FIRST = UUID(int=0)


async def remind_people(
    office: Office,
    now: datetime,
    role: ReminderRole,
    rhythm: Rhythm,
    find: FindPerson,
    links: Links,
) -> None:
    """Tell those in a role of open items whose day it is, and note who was to hear of them.

    It is noted also where no chat knows them: so everybody can see it in the API.
    """
    after, today = _FIRST, now.date()
    while True:
        async with office.work() as work:
            people = await reminder.people(work.tx, role, rhythm.horizon(role, today), after)
            done = await reminder.reminded(work.tx, role, people, today)
        for person in people:
            if person not in done:
                async with office.work() as work:
                    await _remind(work, person, role, rhythm, find, links)
        if not people:
            return
        after = people[-1]


async def _remind(
    work: Work,
    person: UUID,
    role: ReminderRole,
    rhythm: Rhythm,
    find: FindPerson,
    links: Links,
) -> None:
    today = work.now.date()
    items = await reminder.due(work.tx, role, person, rhythm.horizon(role, today))
    kinds = {item.id: rhythm.reminder(role, item.due_on, today) for item in items}
    told = [item for item in items if kinds[item.id]]
    if not told:
        return
    for incident in sorted({item.incident for item in told}):
        await incidents.lock(work.tx, incident)
    known = await reminder.identities(work.tx, person)
    target = next((found for each in known if (found := find(*each))), None)
    post_id = None
    if target:
        listed = [item for item in items if kinds[item.id] or item.due_on <= today]
        kind, words = _POSTS[role]
        text = words(listed, today, links)
        post_id = await post.decide(work, kind, person, today, target, text)
    for item in told:
        to: dict[str, object] = {"role": role.value, "person_id": person, "post_id": post_id}
        await _note(work, item, {"kind": str(kinds[item.id]), **to})


_POSTS = {
    ReminderRole.OWNER: (PostKind.OVERDUE, reminder_text),
    ReminderRole.TEAM_LEAD: (PostKind.ESCALATION, escalation_text),
}
"""What a chat is told by, and how it is worded."""


async def _note(work: Work, item: Item, row: dict[str, object]) -> None:
    """Note a reminder, unless another process did already."""
    reminder_id = new_id()
    row |= {"id": reminder_id, "action_item_id": item.id, "day": work.now.date(), "at": work.now}
    await insert_rows(work.tx, table, [row], ignore=True)
    if await find_row(work.tx, table, id=reminder_id):
        subject = FeedSubject.ACTION_ITEM
        await work.changed(item.incident, subject, item.id, FeedChange.REVISED)


async def review_teams(office: Office, now: datetime, find: FindTeam, links: Links) -> None:
    """Tell teams how their items stand, as far as a chat has a channel of theirs."""
    after = _FIRST
    while True:
        async with office.work() as work:
            teams: Sequence[Row] = await reminder.teams(work.tx, after)
            ids = [row["id"] for row in teams]
            done = await post.decided(work, PostKind.WEEKLY_REVIEW, ids, now.date())
        for row in teams:
            if row["id"] not in done and (target := find(row["slug"])):
                async with office.work() as work:
                    await _review(work, now, row, target, links)
        if not teams:
            return
        after = ids[-1]


async def _review(work: Work, now: datetime, team: Row, target: Target, links: Links) -> None:
    since = await held.last(work.tx, team["id"]) or now - WEEK
    found = review(await held.standing(work.tx, team["id"], since), now.date(), since)
    if not found.silent:
        text = review_text(team["name"], found, now.date(), links)
        await post.decide(work, PostKind.WEEKLY_REVIEW, team["id"], now.date(), target, text)
