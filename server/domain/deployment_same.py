"""Which deployments that several sources tell of are one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

RECORDED = "api"
"""The source of what somebody records through the API; the others are integrations."""

REACH = timedelta(minutes=10)
"""How far apart the times may lie at which two sources tell of one deployment."""


@dataclass(frozen=True, slots=True)
class Place:
    """What was deployed and where to, in small letters."""

    repository: str
    sha: str
    environment: str

    @classmethod
    def of(cls, repository: str, sha: str, environment: str) -> "Place":
        """The place that these names lead to, however they are written."""
        return cls(repository.lower(), sha.lower(), environment.lower())


@dataclass(frozen=True, slots=True)
class Telling:
    """A deployment as one source knows it; the first and the last time that is known of it."""

    source: str
    external_id: str
    place: Place
    first_at: datetime
    last_at: datetime

    @property
    def name(self) -> tuple[str, str]:
        """What its source, and nobody else, calls it."""
        return self.source, self.external_id


Deployment = tuple[Telling, ...]
"""All tellings of one deployment; the first gives it its name, and its names their spelling."""


def deployments_told(tellings: Iterable[Telling]) -> Sequence[Deployment]:
    """The deployments that these tellings are of, whatever their order.

    Tellings of one place within reach of each other are of one deployment, and so is what a chain
    of them leads to. But what one source tells apart stays apart: where that contradicts, the
    tellings that lie closest to each other are joined first, and what is left over stays alone.
    """
    of: dict[Telling, Deployment] = {each: (each,) for each in tellings}
    for one, other in sorted(_near(of), key=_distance):
        if _sources(of[one]).isdisjoint(_sources(of[other])):
            both = tuple(sorted((*of[one], *of[other]), key=_precedence))
            of |= dict.fromkeys(both, both)
    return list(dict.fromkeys(of.values()))


def _near(tellings: Iterable[Telling]) -> Iterator[tuple[Telling, Telling]]:
    """Each two of one place and of two sources that are within reach of each other."""
    ordered = sorted(tellings, key=lambda each: each.first_at)
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.first_at > one.last_at + REACH:
                break
            if other.place == one.place and other.source != one.source:
                yield one, other


def _distance(pair: tuple[Telling, Telling]) -> tuple[object, ...]:
    """How far two are apart: the time between them, else between their ends, their beginnings."""
    one, other = sorted(pair, key=_precedence)
    between = max(timedelta(), one.first_at - other.last_at, other.first_at - one.last_at)
    ends, beginnings = abs(one.last_at - other.last_at), abs(one.first_at - other.first_at)
    return between, ends, beginnings, one.name, other.name


def _sources(deployment: Deployment) -> set[str]:
    return {each.source for each in deployment}


def _precedence(telling: Telling) -> tuple[bool, str, str]:
    """Integrations before people: they spell names as the rest of their history does."""
    return telling.source == RECORDED, telling.source, telling.external_id
