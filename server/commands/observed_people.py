"""Everybody whom observations name, made known before anything follows from them.

People are made in one order, and before any row of an incident is locked: so two transactions
that meet the same strangers wait for each other, and neither waits for the other's incident.
"""

from collections.abc import Iterable, Iterator
from typing import assert_never

from integrations.observation import (
    ChannelObserved,
    DeploymentObserved,
    MessageObserved,
    Observation,
    PageObserved,
    PersonObserved,
    PersonRef,
    PullRequestObserved,
    PushObserved,
    ServiceObserved,
    TeamObserved,
    TicketObserved,
)
from server.commands.work import Work
from server.store import person


async def make_known(work: Work, seen: Iterable[Observation]) -> None:
    """Find or make everybody who is named in these."""
    named = [who for each in seen for who in _named(each) if who]
    if named:
        await person.find_or_create(work.tx, named)


def _named(seen: Observation) -> Iterator[PersonRef | None]:
    match seen:
        case DeploymentObserved():
            yield seen.deployer
        case PullRequestObserved():
            yield from (seen.author, seen.merged_by)
            yield from (each.reviewer for each in seen.reviews or ())
        case PageObserved():
            yield from (seen.actor, *seen.paged)
        case TicketObserved():
            yield seen.assignee
        case MessageObserved():
            yield from (seen.actor, *seen.mentions)
        case PersonObserved():
            yield seen.person
        case PushObserved() | ChannelObserved() | TeamObserved() | ServiceObserved():
            return
        case _:
            assert_never(seen)
