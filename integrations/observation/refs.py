"""What every observation is made of: when it was so, and who or what a provider means."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Where an observation stands among all observations of its source.

    Ordered by the source's own time, then by the fixed rank of the event's kind (a creation
    before a change, a change before an end), then by a digest of the body (SHA-256, hex).
    `at` is aware.
    """

    at: datetime
    rank: int
    digest: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as one provider knows them. Never a bot, an organisation or a team.

    `email` only where the provider has verified it: by it people are joined across providers.
    """

    provider: str
    external_id: str
    handle: str | None = None
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """A service as one provider knows it: PagerDuty's service id and its summary."""

    provider: str
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TeamRef:
    """A team as one provider knows it: PagerDuty's team id and its summary."""

    provider: str
    external_id: str
    name: str
