"""What sources say, brought into state: stored as it was said, then folded by its subject.

State is a function of the set of observations: each is stored once, and an object's state is
derived from all that were ever made of it, in the order of the source's own times. So what comes
twice, late or shuffled ends in the same state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from integrations.observation import (
    ChannelObserved,
    DeploymentObserved,
    MessageObserved,
    Observation,
    PageObserved,
    PersonObserved,
    PullRequestObserved,
    PushObserved,
    ServiceObserved,
    TeamObserved,
    TicketObserved,
)
from server.commands import (
    deployment_history,
    deployment_told,
    observe_catalog,
    observe_change,
    observe_deployment,
    observe_message,
    observe_page,
    observe_ticket,
)
from server.commands.deployment_history import Unsettled
from server.commands.observe_ticket import Tracker
from server.commands.observed_people import make_known
from server.commands.work import Work
from server.store import catalog, observation

MAX_REF = 250
"""Characters of a branch's name; no host allows more, and no index would take them."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it: an integration's name in our rows, and its title for people."""

    name: str
    title: str


async def observe(work: Work, source: Source, seen: Sequence[Observation]) -> int:
    """Store what is new among these observations and bring it into state; how many were new."""
    told = [(subject, each) for each in seen if (subject := _subject(each))]
    await observation.lock(work.tx, [name for each in told for name in _holds(source, *each)])
    await catalog.share(work.tx)
    fresh: dict[str, list[Observation]] = {}
    for subject, each in told:
        if await observation.keep(work.tx, source.name, subject, each):
            fresh.setdefault(_whole(subject, each), []).append(each)
    await make_known(work, [each for news in fresh.values() for each in news])
    unsettled = Unsettled()
    for news in fresh.values():
        await _apply(work, source, news, unsettled)
    await unsettled.settle(work)
    return sum(map(len, fresh.values()))


def _subject(seen: Observation) -> str | None:
    """What it is about, in the source's ids; None where we do not follow that."""
    match seen:
        case DeploymentObserved():
            return deployment_told.subject_of(seen.external_id)
        case PullRequestObserved():
            return observe_change.subject_of_pull_request(seen)
        case PushObserved():
            return observe_change.subject_of_push(seen) if len(seen.ref) <= MAX_REF else None
        case PageObserved():
            return observe_page.subject_of(seen)
        case TicketObserved():
            return observe_ticket.subject_of(seen)
        case MessageObserved() | ChannelObserved():
            return observe_message.subject_of(seen)
        case PersonObserved() | TeamObserved() | ServiceObserved():
            return observe_catalog.subject_of(seen)
        case _:
            assert_never(seen)


def _whole(subject: str, seen: Observation) -> str:
    """What is brought to its state at once: a channel with all its messages, else the subject."""
    if isinstance(seen, MessageObserved | ChannelObserved):
        return f"in:{observe_message.channel_of(seen)}"
    return subject


def _holds(source: Source, subject: str, seen: Observation) -> Iterator[str]:
    """What nobody else may change meanwhile: the subject, and what else it is about."""
    yield f"{source.name}:{subject}"
    if isinstance(seen, PageObserved) and seen.merged_into:
        yield f"{source.name}:{observe_page.PAGE}{seen.merged_into}"
    if isinstance(seen, DeploymentObserved | PullRequestObserved | PushObserved):
        yield deployment_history.name_of(seen.repository)
    if isinstance(seen, MessageObserved | ChannelObserved):
        yield observe_message.holds(source.name, seen)


async def _apply(
    work: Work, source: Source, news: Sequence[Observation], unsettled: Unsettled
) -> None:
    """Bring what there are these news of to its state."""
    match news[0]:
        case DeploymentObserved() as seen:
            await observe_deployment.apply(work, source.name, seen, unsettled)
        case PullRequestObserved() as seen:
            await observe_change.apply_pull_request(work, source.name, seen, unsettled)
        case PushObserved() as seen:
            await observe_change.apply_push(work, source.name, seen, unsettled)
        case PageObserved():
            pages = [each for each in news if isinstance(each, PageObserved)]
            await observe_page.apply(work, source.name, source.title, pages)
        case TicketObserved():
            seen_tickets = [each for each in news if isinstance(each, TicketObserved)]
            tracker = Tracker(source.name, source.title)
            await observe_ticket.apply(work, tracker, seen_tickets)
        case MessageObserved() | ChannelObserved():
            chat = [each for each in news if isinstance(each, MessageObserved | ChannelObserved)]
            await observe_message.apply(work, source.name, chat)
        case PersonObserved() | TeamObserved() | ServiceObserved():
            await observe_catalog.apply(work, source.name, news)
        case _:
            assert_never(news[0])
