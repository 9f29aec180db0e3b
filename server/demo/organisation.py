"""The organisation of the demonstration: teams, the services they run, and people."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

OWNER = "acme"
"""The invented GitHub organisation that the repositories belong to."""


@dataclass(frozen=True, slots=True)
class Team:
    """Some people with a name; `lead` is a person's handle."""

    slug: str
    name: str
    lead: str


@dataclass(frozen=True, slots=True)
class Service:
    """What a team runs. `pull_requests` is the number of its newest one."""

    slug: str
    name: str
    team: str
    pagerduty: str
    depends_on: tuple[str, ...]
    pull_requests: int
    weekly_deployments: float

    @property
    def repository(self) -> str:
        """Its repository's full name."""
        return f"{OWNER}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a team, with their ids at GitHub and at PagerDuty."""

    handle: str
    name: str
    team: str
    github: int
    pagerduty: str

    @property
    def email(self) -> str:
        """An address that no mail ever reaches (RFC 2606)."""
        return f"{self.handle}@example.com"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everybody and everything that the demonstration speaks of."""

    teams: tuple[Team, ...]
    services: tuple[Service, ...]
    people: tuple[Person, ...]

    def service(self, slug: str) -> Service:
        """The service of this slug."""
        return next(service for service in self.services if service.slug == slug)

    def person(self, handle: str) -> Person:
        """The person of this handle."""
        return next(person for person in self.people if person.handle == handle)

    def members(self, team: str) -> Sequence[Person]:
        """The people of a team."""
        return [person for person in self.people if person.team == team]


@cache
def acme() -> Organisation:
    """The one organisation that the demonstration comes with."""
    data = read_data("organisation.toml")
    return Organisation(
        tuple(Team(**row) for row in data["team"]),
        tuple(
            Service(**{**row, "depends_on": tuple(row["depends_on"])}) for row in data["service"]
        ),
        tuple(Person(**row) for row in data["person"]),
    )


def read_data(name: str) -> Mapping[str, Any]:
    """A data file of this package."""
    return tomllib.loads(resources.files("server.demo").joinpath(name).read_text("utf-8"))
