"""The past, written through the commands that the doors use, at the times it happened.

It is loaded once: each part is one transaction under an idempotency key, so a load that was
broken off goes on where it ended, and one that is complete changes nothing.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from server.commands.observe import observe
from server.commands.once import once
from server.commands.work import Office
from server.demo.history import history
from server.demo.load_catalogue import load_catalogue
from server.demo.load_incident import load_incident
from server.demo.organisation import Organisation, acme
from server.demo.plan import SPAN, History, Incident, Release
from server.demo.sightings import GITHUB, of_release
from server.demo.whole import Whole
from server.domain.viewer import Scope, Viewer

LOADER = Viewer("demo", "Demonstration", frozenset({Scope.ADMIN}))
"""Who writes the past; what people did in it is written in their name."""

RELEASES_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is after a load."""

    releases: int
    incidents: int


Progress = Callable[[int, int, str], None]
"""Told how many parts of how many are done, and what comes next."""

_Create = Callable[[Whole], Awaitable[Sequence[UUID]]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the past that is loaded as one; `about` is for those who wait."""

    name: str
    about: str
    create: _Create


@dataclass(frozen=True, slots=True)
class LoadPart:
    """The command to load a piece of the past, as its idempotency key remembers it."""

    name: str


async def load(office: Office, seed: int, progress: Progress) -> Loaded:
    """Load the past of a seed; where one was loaded before, that one counts, whatever its seed."""
    anchor, kept_seed = await _beginning(office, seed)
    planned = history(kept_seed, anchor)
    parts = list(_parts(acme(), planned, anchor - SPAN))
    for index, part in enumerate(parts):
        progress(index, len(parts), part.about)
        await _once(office, part)
    progress(len(parts), len(parts), "")
    return Loaded(len(planned.releases), len(planned.incidents))


async def _beginning(office: Office, seed: int) -> tuple[datetime, int]:
    """When a past was loaded first, in whole seconds, and its seed.

    Both are kept where the results of commands are, as numbers in place of ids.
    """

    async def create(_: Whole) -> Sequence[UUID]:
        return [UUID(int=int(office.clock().timestamp())), UUID(int=seed)]

    anchor, kept_seed = await _once(office, _Part("beginning", "", create))
    return datetime.fromtimestamp(anchor.int, UTC), kept_seed.int


async def _once(office: Office, part: _Part) -> Sequence[UUID]:
    """Load a part unless it is there; what it gave."""
    command = LoadPart(part.name)
    async with Whole.of(office) as whole, whole.at(office.clock()).work() as work:
        return await once(work, LOADER, command, part.name, lambda: part.create(whole))


def _parts(company: Organisation, planned: History, begin: datetime) -> Iterator[_Part]:
    yield _Part("catalogue", "teams, people and services", _catalogue(company, begin))
    for start in range(0, len(planned.releases), RELEASES_AT_ONCE):
        chunk = planned.releases[start : start + RELEASES_AT_ONCE]
        about = f"deployments from {chunk[0].finished_at:%d %B}"
        yield _Part(f"releases-{start}", about, _releases(company, chunk))
    for each in planned.incidents:
        yield _Part(f"incident-{each.key}", each.texts.title, _incident(company, each))


def _catalogue(company: Organisation, begin: datetime) -> _Create:
    async def create(whole: Whole) -> Sequence[UUID]:
        await load_catalogue(whole.at(begin - timedelta(days=1)), LOADER, company)
        return []

    return create


def _releases(company: Organisation, chunk: Sequence[Release]) -> _Create:
    async def create(whole: Whole) -> Sequence[UUID]:
        seen = [each for release in chunk for each in of_release(company, release)]
        async with whole.at(chunk[-1].finished_at).work() as work:
            await observe(work, GITHUB, seen)
        return []

    return create


def _incident(company: Organisation, planned: Incident) -> _Create:
    async def create(whole: Whole) -> Sequence[UUID]:
        return [await load_incident(whole, LOADER, company, planned)]

    return create
