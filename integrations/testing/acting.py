"""Doing something at a vendor: once, however often it is begun and wherever an answer is lost.

What the vendor holds in the end (`Site.held`) is compared with what it holds after an undisturbed
run in a world of its own.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Protocol, TypeAlias

from integrations.contract import (
    Connection,
    Denied,
    DeploymentNews,
    Http,
    Integration,
    KeepsTickets,
    Missing,
    Post,
    PostsMessages,
    ResolvesPages,
    TellsDeployments,
    TicketChange,
    TicketDraft,
    Unwell,
)
from integrations.observation import TicketObserved
from integrations.testing.demands import hiding, require, require_kept
from integrations.testing.road import Trouble, Visit, visiting
from integrations.testing.site import World

_MOST_REQUESTS = 50


class TicketKeeping(KeepsTickets, Integration, Protocol):
    """An integration with the power to keep tickets."""


class MessagePosting(PostsMessages, Integration, Protocol):
    """An integration with the power to post messages."""


class PageResolving(ResolvesPages, Integration, Protocol):
    """An integration with the power to resolve pages."""


class NewsTelling(TellsDeployments, Integration, Protocol):
    """An integration with the power to tell of deployments."""


Act: TypeAlias = Callable[[Connection, Http, Any, bool], Awaitable[Any]]
"""Does it, with what was prepared; the last argument is whether it may have been done already."""


async def _nothing(connection: Connection, http: Http) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done, and what has to be there before."""

    name: str
    act: Act
    prepare: Callable[[Connection, Http], Awaitable[Any]] = _nothing


@dataclass(frozen=True, slots=True)
class Tickets:
    """An integration that keeps tickets. `gone` is an external id that nothing has."""

    plugin: TicketKeeping
    connection: Connection
    world: World
    draft: TicketDraft
    change: TicketChange
    gone: str

    def deeds(self) -> Sequence[Deed]:
        return (
            Deed("create_ticket", self._create),
            Deed("update_ticket", self._update, self.id_of),
        )

    async def id_of(self, connection: Connection, http: Http) -> str:
        """The ticket of the draft, created."""
        return (await self.plugin.create_ticket(connection, http, self.draft)).external_id

    async def _create(self, connection: Connection, http: Http, _: Any, again: bool) -> object:
        return await self.plugin.create_ticket(connection, http, self.draft)

    async def _update(self, connection: Connection, http: Http, id_: str, again: bool) -> object:
        return await self.plugin.update_ticket(connection, http, id_, self.change)


@dataclass(frozen=True, slots=True)
class Messages:
    """An integration that posts messages, and posts to be made: to a team, to a person."""

    plugin: MessagePosting
    connection: Connection
    world: World
    posts: Sequence[Post]

    def deeds(self) -> Sequence[Deed]:
        return [Deed(f"post_message of {post.marker}", self._posting(post)) for post in self.posts]

    def _posting(self, post: Post) -> Act:
        async def act(connection: Connection, http: Http, _: Any, again: bool) -> None:
            require(self.plugin.reaches(connection, post), f"{post.marker} is not reached")
            await self.plugin.post_message(connection, http, post, again=again)

        return act


@dataclass(frozen=True, slots=True)
class Pages:
    """An integration that resolves pages, and the external id of one that is open in the world."""

    plugin: PageResolving
    connection: Connection
    world: World
    external_id: str

    def deeds(self) -> Sequence[Deed]:
        return (Deed("resolve_page", self._resolve),)

    async def _resolve(self, connection: Connection, http: Http, _: Any, again: bool) -> None:
        await self.plugin.resolve_page(connection, http, self.external_id)


@dataclass(frozen=True, slots=True)
class News:
    """An integration that tells of deployments, and one to tell of."""

    plugin: NewsTelling
    connection: Connection
    world: World
    news: DeploymentNews

    def deeds(self) -> Sequence[Deed]:
        return (Deed("tell_deployment", self._tell),)

    async def _tell(self, connection: Connection, http: Http, _: Any, again: bool) -> None:
        await self.plugin.tell_deployment(connection, http, self.news)


Acting: TypeAlias = Tickets | Messages | Pages | News


async def check_done(acting: Acting) -> None:
    """It is done, and can be seen at the vendor."""
    for deed in acting.deeds():
        async with _visiting(acting) as visit:
            prepared = await deed.prepare(visit.connection, visit.road)
            before = Counter(visit.site.held())
            await deed.act(visit.connection, visit.road, prepared, False)
            seen = Counter(visit.site.held()) != before
            require(
                seen, f"{deed.name}: nothing changed at the vendor; does Site.held tell it all?"
            )


async def check_twice(acting: Acting) -> None:
    """Doing it again changes nothing more."""
    for deed in acting.deeds():
        async with _visiting(acting) as visit:
            prepared = await deed.prepare(visit.connection, visit.road)
            await deed.act(visit.connection, visit.road, prepared, False)
            once = Counter(visit.site.held())
            await deed.act(visit.connection, visit.road, prepared, True)
            _require_alike(deed, once, Counter(visit.site.held()), "when it is done twice")


async def check_answer_lost(acting: Acting) -> None:
    """The vendor did what was asked, but nobody heard so: done again, it is done once."""
    await _break_everywhere(acting, Unwell("The suite's vendor did it."), answer_lost=True)


async def check_request_lost(acting: Acting) -> None:
    """A request did not reach the vendor: done again, nothing is missing."""
    await _break_everywhere(acting, Unwell("The suite's vendor is unwell."), answer_lost=False)


async def check_denied(acting: Acting) -> None:
    """Where the vendor denies a request, that comes out; once it is mended, it is done."""
    await _break_everywhere(acting, Denied("The suite's vendor denies it."), answer_lost=False)


async def check_secrets_hidden(acting: Acting) -> None:
    """No secret is in a log, a result, or an error."""
    with hiding(acting.connection.secrets.values()) as shown:
        for deed in acting.deeds():
            async with _visiting(acting) as visit:
                prepared = await deed.prepare(visit.connection, visit.road)
                shown.write(repr(await deed.act(visit.connection, visit.road, prepared, False)))
                visit.road.always = Denied("The suite's vendor denies it.")
                with suppress(Denied):
                    await deed.act(visit.connection, visit.road, prepared, True)
                shown.write(repr(visit.site.held()))


async def check_ticket(tickets: Tickets) -> None:
    """What is read of a ticket is what was written; one that is not there is Missing."""
    plugin, draft, change = tickets.plugin, tickets.draft, tickets.change
    async with visiting(plugin, tickets.connection, tickets.world) as visit:
        here, road = visit.connection, visit.road
        require(plugin.keeps(here, draft.team), "it does not keep tickets of the draft's team")
        made = await plugin.create_ticket(here, road, draft)
        _require_written(made, marker=draft.marker, title=draft.title, due_on=draft.due_on)
        same = await plugin.create_ticket(here, road, draft)
        require(same.external_id == made.external_id, "one marker has two tickets")
        found = await plugin.read_ticket(here, road, made.external_id)
        _require_read(made, found)
        after = await plugin.update_ticket(here, road, made.external_id, change)
        wanted = {"title": change.title, "state": change.state, "due_on": change.due_on}
        _require_written(after, **{name: each for name, each in wanted.items() if each})
        _require_read(after, await plugin.read_ticket(here, road, made.external_id))
        for ask in (
            plugin.read_ticket(here, road, tickets.gone),
            plugin.update_ticket(here, road, tickets.gone, change),
        ):
            await _require_missing(ask)


ACTING_CHECKS = (
    check_done,
    check_twice,
    check_answer_lost,
    check_request_lost,
    check_denied,
    check_secrets_hidden,
)
TICKET_CHECKS = (*ACTING_CHECKS, check_ticket)


def _visiting(acting: Acting) -> AbstractAsyncContextManager[Visit]:
    return visiting(acting.plugin, acting.connection, acting.world)


async def _break_everywhere(acting: Acting, trouble: Trouble, *, answer_lost: bool) -> None:
    """Do each deed with each of its requests in turn meeting trouble, then do it again."""
    for deed in acting.deeds():
        async with _visiting(acting) as visit:
            prepared = await deed.prepare(visit.connection, visit.road)
            await deed.act(visit.connection, visit.road, prepared, False)
            undisturbed = Counter(visit.site.held())
        for at in count(1):
            require(at <= _MOST_REQUESTS, f"{deed.name}: more than {_MOST_REQUESTS} requests")
            async with _visiting(acting) as visit:
                prepared = await deed.prepare(visit.connection, visit.road)
                visit.road.lay(at, trouble, answer_lost=answer_lost)
                if not await _broken(deed, visit, prepared, trouble):
                    break
                visit.road.lay(0)
                await deed.act(visit.connection, visit.road, prepared, True)
                what = f"after request {at} met {type(trouble).__name__}"
                _require_alike(deed, undisturbed, Counter(visit.site.held()), what)


async def _broken(deed: Deed, visit: Visit, prepared: Any, trouble: Trouble) -> bool:
    """Whether the trouble was met. It then came out as it is, unless who acts found out by itself
    what became of a request whose answer was lost."""
    what = f"{deed.name}: request {visit.road.at} met {type(trouble).__name__}"
    try:
        await deed.act(visit.connection, visit.road, prepared, False)
    except type(trouble):
        return True
    except Exception as other:
        raise AssertionError(f"{what}, and {type(other).__name__} came out: let it pass") from other
    met = visit.road.met
    require(visit.road.answer_lost or not met, f"{what}, which was swallowed: let it pass")
    return met


def _require_alike(deed: Deed, usual: Counter[str], found: Counter[str], what: str) -> None:
    lost, doubled = usual - found, found - usual
    hint = "look for the marker before creating anything"
    require(not doubled, f"{deed.name}, {what}, did more than once: {[*doubled]!r:.300}; {hint}")
    require(not lost, f"{deed.name}, {what}, is not done: {[*lost]!r:.300}")


def _require_written(ticket: TicketObserved, **wanted: object) -> None:
    require_kept((ticket,), "a ticket")
    for name, value in wanted.items():
        found = getattr(ticket, name)
        require(found == value, f"{name} was written as {value!r} and is told as {found!r}")


def _require_read(told: TicketObserved, found: TicketObserved) -> None:
    same = replace(found, moment=told.moment) == told
    require(same, f"read_ticket tells {found!r}, but what was written was told as {told!r}")


async def _require_missing(ask: Awaitable[object]) -> None:
    try:
        await ask
    except Missing:
        return
    raise AssertionError("a ticket that is not there is Missing")
