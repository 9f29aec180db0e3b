"""Reminding people and teams of their action items, each at most once a day."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from server.commands import post
from server.commands.post import Target
from server.commands.work import Office, Work
from server.domain.link import Links
from server.domain.post import PostKind
from server.domain.reminder import WEEK, reminds, review
from server.domain.reminder_words import reminder_text, review_text
from server.store import held_review as held
from server.store import reminder
from server.store.database import Row

FindPerson: TypeAlias = Callable[[str, str], Target | None]
"""Where somebody is reached whom a provider knows by an id."""

FindTeam: TypeAlias = Callable[[str], Target | None]
"""Where a team is reached, by its slug."""

_FIRST = UUID(int=0)


async def remind_owners(office: Office, now: datetime, find: FindPerson, links: Links) -> None:
    """Tell owners which of their items are due, as far as a chat knows them."""
    after = _FIRST
    while True:
        async with office.work() as work:
            owners = await reminder.owners(work.tx, now.date(), after)
            done = await post.decided(work, PostKind.OVERDUE, owners, now.date())
        for owner in owners:
            if owner not in done:
                async with office.work() as work:
                    await _remind(work, now, owner, find, links)
        if not owners:
            return
        after = owners[-1]


async def _remind(work: Work, now: datetime, owner: UUID, find: FindPerson, links: Links) -> None:
    known = await reminder.identities(work.tx, owner)
    target = next((found for each in known if (found := find(*each))), None)
    items = await reminder.due(work.tx, owner, now.date()) if target else []
    if target and any(reminds(each.due_on, now.date()) for each in items):
        text = reminder_text(items, now.date(), links)
        await post.decide(work, PostKind.OVERDUE, owner, now.date(), target, text)


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
