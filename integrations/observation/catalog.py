"""What sources say of people, teams and services beside any incident."""

from dataclasses import dataclass

from integrations.observation.refs import Moment, PersonRef, ServiceRef, TeamRef


@dataclass(frozen=True, slots=True)
class PersonObserved:
    """Somebody as a source describes them. `teams` are all that the source has them in."""

    moment: Moment
    person: PersonRef
    teams: tuple[TeamRef, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamObserved:
    """A team as a source describes it."""

    moment: Moment
    team: TeamRef


@dataclass(frozen=True, slots=True)
class ServiceObserved:
    """A service as a source describes it; `team` is the one that answers for it."""

    moment: Moment
    service: ServiceRef
    team: TeamRef | None = None
