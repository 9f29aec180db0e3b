"""What can go wrong at the organisation of the demonstration, read from its data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from server.demo.organisation import read_data
from server.demo.plan import Cause
from server.domain.action_item import ActionItemKind
from server.domain.incident import Severity, Signal


@dataclass(frozen=True, slots=True)
class Change:
    """The pull request that a scenario begins with."""

    title: str
    additions: int
    deletions: int
    changed_files: int


@dataclass(frozen=True, slots=True)
class Guess:
    """A possible cause and what settled it."""

    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Promise:
    """An action item as it is written down."""

    kind: ActionItemKind
    title: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to fail. Texts hold {service}, {percent}, {count} and {seconds}.

    `change` is there where a release is the cause, `fix` where a next release mends it.
    """

    key: str
    cause: Cause
    services: tuple[str, ...]
    severities: tuple[Severity, ...]
    titles: tuple[str, ...]
    summary: str
    signal: Signal
    anomaly: str
    ruled_in: Guess
    ruled_out: tuple[Guess, ...]
    root_cause: str
    mitigation: str
    recovery: str
    whys: tuple[tuple[str, str], ...]
    actions: tuple[Promise, ...]
    change: Change | None = None
    fix: str | None = None


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All scenarios, in the order of the file."""
    return tuple(_scenario(row) for row in read_data("scenarios.toml")["scenario"])


@cache
def ordinary_changes(slug: str) -> tuple[str, ...]:
    """Titles of a service's everyday pull requests."""
    titles = read_data("changes.toml")
    return (*titles[slug], *titles["everywhere"])


def _scenario(row: Mapping[str, Any]) -> Scenario:
    read = {
        "cause": Cause(row["cause"]),
        "services": tuple(row["services"]),
        "severities": tuple(Severity(label) for label in row["severities"]),
        "titles": tuple(row["titles"]),
        "signal": Signal(row["signal"]),
        "ruled_in": Guess(**row["ruled_in"]),
        "ruled_out": tuple(Guess(**guess) for guess in row["ruled_out"]),
        "whys": tuple((question, answer) for question, answer in row["whys"]),
        "actions": tuple(
            Promise(ActionItemKind(each["kind"]), each["title"]) for each in row["actions"]
        ),
        "change": Change(**row["change"]) if "change" in row else None,
    }
    return Scenario(**{**row, **read})
