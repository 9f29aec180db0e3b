"""Telling trackers of action items: who asks, what they are told, and what came of it.

Nobody holds a transaction while a tracker is asked: a lease in the ticket's row keeps others away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from integrations.contract import Assignee, TicketChange, TicketDraft
from integrations.observation import TicketObserved
from server.backoff import Backoff
from server.commands import observe_ticket
from server.commands.observe_ticket import Tracker
from server.commands.polling import MAX_MESSAGE
from server.commands.redaction import RERENDER
from server.commands.work import Office, Work
from server.domain.action_item import ActionItemField
from server.domain.link import Links
from server.domain.ticket import (
    RULES,
    Base,
    base_of_new,
    is_due,
    marker_of,
    shown,
    told,
)
from server.store import directory, observation, queue
from server.store import ticket as tickets
from server.store.database import Row
from server.store.ids import new_id
from server.store.queue import Job, JobKind
from server.store.statements import find_row
from server.store.tables import action_item
from server.store.ticket import Place

LEASE = timedelta(minutes=2)
"""For how long nobody else asks about a ticket, if nothing more is heard of who does."""

TRIED_AGAIN = Backoff(first=timedelta(hours=1), factor=2, longest=timedelta(days=1), most=30)
"""When a tracker that refused something is asked again: for about a month."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The right to ask a tracker about one action item, as long as its lease lasts."""

    item_id: UUID
    lease: UUID
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """What a tracker is told: `values` and `sent` are what of ours the request has in it."""

    values: Mapping[ActionItemField, Any]
    sent: Mapping[str, str | None]
    change: TicketChange


async def place(office: Office, item_id: UUID) -> Place | None:
    """Where an item's ticket is or may come to be. Jobs that wait to do the same are done by it."""
    async with office.work() as work:
        await queue.absorb(work.tx, Job(JobKind.TICKET, item_id))
        return await tickets.place_of(work.tx, item_id)


async def claim(office: Office, item_id: UUID, integration: str, connection: str) -> Asking | None:
    """Take the right to ask about an item; None where somebody else has it."""
    lease = new_id()
    async with office.work() as work:
        until = work.now + LEASE
        at = (integration, connection)
        row = await tickets.claim(work.tx, item_id, at, lease, now=work.now, until=until)
    return Asking(item_id, lease, row["external_id"]) if row else None


# ── what is told ─────────────────────────────────────────────────────────────


async def draft(
    office: Office, asking: Asking, integration: str, team: str | None, links: Links
) -> tuple[TicketDraft, Telling]:
    """The ticket to be created. What everybody in a tracker reads names nobody."""
    async with office.work() as work:
        item = await _item(work, asking.item_id)
        sent = _sent(item)
        values = {field: item[field.column] for field in RULES}
        return TicketDraft(
            marker=marker_of(item["id"]),
            title=str(sent["title"]),
            description=sent["description"],
            due_on=item["due_on"],
            priority=item["priority"],
            labels=("whychain", item["kind"].lower().replace("_", "-")),
            assignee=await _assignee(work, item["owner_id"], integration),
            team=team,
            url=links.incident(item["incident_id"]),
        ), Telling(values, sent, TicketChange())


async def _item(work: Work, item_id: UUID) -> Row:
    found = await find_row(work.tx, action_item, id=item_id)
    if found is None:
        raise LookupError("an action item is never deleted")
    return found


def _sent(item: Row) -> dict[str, str | None]:
    """What flows out only, as the tracker is told it."""
    return {
        "title": item["title_redacted"] or item["title"],
        "description": item["description_redacted"] or item["description"],
        "priority": item["priority"],
    }


async def _assignee(work: Work, owner_id: UUID, integration: str) -> Assignee:
    """The owner as the tracker knows them, else by their address."""
    external_id, email = await tickets.assignee(work.tx, owner_id, integration)
    return Assignee(external_id, None if external_id else email)


async def _telling(
    work: Work, item: Row, integration: str, before: Mapping[str, Any], base: Base
) -> Telling | None:
    """What a tracker has to be told of an item; None where it knows everything."""
    ours = {field: observe_ticket.ours_of(item, field) for field in RULES}
    due = {
        field: ours[field]
        for field, rule in RULES.items()
        if is_due(rule, base[field], ours[field])
    }
    sent = _sent(item)
    news = {name: text for name, text in sent.items() if text != before.get(name)}
    if not due and not news:
        return None
    request = TicketChange(
        title=news.get("title"),
        # A description that was taken away is emptied: None would leave it as it is.
        description=(sent["description"] or "") if "description" in news else None,
        due_on=due.get(ActionItemField.DUE_ON),
        priority=news.get("priority"),
    )
    if ActionItemField.STATE in due:
        note = item["reason_redacted"] or item["reason"]
        request = replace(request, state=shown(due[ActionItemField.STATE]), note=note)
    if ActionItemField.OWNER in due:
        who = await _assignee(work, item["owner_id"], integration)
        request = replace(request, assignee=who)
    return Telling(due, sent, request)


# ── what came of it ──────────────────────────────────────────────────────────


async def heard(
    office: Office,
    asking: Asking,
    tracker: Tracker,
    seen: TicketObserved,
    telling: Telling | None = None,
) -> Telling | None:
    """Keep what a tracker answered, to `telling` if it was told something.

    What it has to be told now, for who just looked; whoever told it leaves the rest to a job, and
    gives the right to ask back.
    """
    async with office.work() as work:
        newest = await _newest(work, tracker, seen)
        people = [await observe_ticket.assignee_of(work, each) for each in (seen, newest)]
        if directory.changed(work.tx):
            work.later(RERENDER)
        item, row = await observe_ticket.hold(work, asking.item_id)
        if row["lease"] != asking.lease:
            return None
        base = _told(row, seen, people[0], telling)
        for each, assignee in zip((seen, newest), people, strict=True):
            if not observe_ticket.is_old(row, each):
                base = await observe_ticket.follow(work, tracker, item, each, base, assignee)
                item = await observe_ticket.again(work, item)
        sent = telling.sent if telling else row["sent"] or {}
        rest = await _telling(work, item, tracker.name, sent, base)
        columns = observe_ticket.columns_of(work, tracker, item, newest, base)
        columns |= {"external_id": seen.external_id, "sent": dict(sent)}
        if telling or not rest:
            columns |= _RELEASED
        if telling and rest:
            work.later(Job(JobKind.TICKET, asking.item_id))
        await observe_ticket.keep(work, item, row, columns)
    return None if telling else rest


_RELEASED: Mapping[str, object] = {"lease": None, "leased_until": None, "due_at": None}


async def _newest(work: Work, tracker: Tracker, seen: TicketObserved) -> TicketObserved:
    """Store an answer among the observations of its ticket; the newest of them all."""
    subject = observe_ticket.subject_of(seen)
    if subject is None:
        raise ValueError("the tracker answered with a ticket that is not the item's")
    await observation.lock(work.tx, [f"{tracker.name}:{subject}"])
    await observation.keep(work.tx, tracker.name, subject, seen)
    newest = await observation.newest(work.tx, tracker.name, subject)
    if isinstance(newest, TicketObserved) and newest.moment.at > seen.moment.at:
        return newest
    return seen


def _told(row: Row, seen: TicketObserved, assignee: UUID | None, telling: Telling | None) -> Base:
    """The base once the tracker was told something, before its answer is merged."""
    base = tickets.base_of(row)
    if telling is None:
        return base
    values = telling.values
    if row["external_id"] is None:
        owner, due_on = values[ActionItemField.OWNER], values[ActionItemField.DUE_ON]
        return base_of_new(owner, due_on, assignee, seen.due_on)
    answers = {
        ActionItemField.STATE: seen.state,
        ActionItemField.OWNER: assignee,
        ActionItemField.DUE_ON: seen.due_on,
    }
    return {
        field: told(RULES[field], agreed, values[field], answers[field])
        if field in values
        else agreed
        for field, agreed in base.items()
    }


async def fail(
    office: Office,
    asking: Asking,
    trouble: str,
    *,
    passes: bool = False,
    alone_for: timedelta = timedelta(0),
) -> None:
    """Note why a tracker was asked in vain, and when it is asked again.

    What passes by itself is tried every hour, anything else less and less often, up to a bound.
    Nobody asks about a new ticket for as long as the tracker wants to be left alone: it may be
    there already, and not found yet.
    """
    async with office.work() as work:
        item, row = await observe_ticket.hold(work, asking.item_id)
        if row["lease"] != asking.lease:
            return
        failures = row["failures"] + (not passes)
        wait = TRIED_AGAIN.first if passes else TRIED_AGAIN.after(failures)
        columns: dict[str, object] = {
            **_RELEASED,
            "trouble": trouble[:MAX_MESSAGE],
            "failures": failures,
            "due_at": work.now + wait if wait else None,
        }
        if alone_for and asking.external_id is None:
            columns["leased_until"] = work.now + alone_for
        await observe_ticket.keep(work, item, row, columns)


async def lose(office: Office, asking: Asking, tracker: Tracker) -> None:
    """Note that the tracker no longer has the ticket: somebody deleted it, so it is not made anew.

    If it comes back, what is heard of it counts again.
    """
    async with office.work() as work:
        item, row = await observe_ticket.hold(work, asking.item_id)
        if row["lease"] == asking.lease:
            trouble = f"{row['key']} was deleted in {tracker.title}."
            await observe_ticket.keep(
                work, item, row, {**_RELEASED, "trouble": trouble, "gone": True}
            )


async def try_again(office: Office, most: int) -> int:
    """Have those tickets told of that are due again; how many."""
    async with office.work() as work:
        found = await tickets.due(work.tx, work.now, work.now + TRIED_AGAIN.first, most)
        work.later(*(Job(JobKind.TICKET, each) for each in found))
    return len(found)


async def begin(office: Office, items: Sequence[UUID]) -> None:
    """Have tickets created for these action items."""
    async with office.work() as work:
        work.later(*(Job(JobKind.TICKET, each) for each in items))
