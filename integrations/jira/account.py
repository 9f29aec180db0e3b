"""What an operator says of a Jira site, read into the words of this package."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.contract import Connection
from integrations.observation import TicketState

CLOUD = "cloud"
DATA_CENTER = "data-center"
EDITIONS = (CLOUD, DATA_CENTER)

PRIORITIES = {"P0": "Highest", "P1": "High", "P2": "Medium", "P3": "Low"}

DROPPED_RESOLUTIONS = (
    "Won't Do",
    "Won't Fix",
    "Declined",
    "Duplicate",
    "Cannot Reproduce",
    "Rejected",
    "Obsolete",
)

_USUAL_TYPE = "Task"
_STATES = frozenset(TicketState)


@dataclass(frozen=True, slots=True)
class Account:
    """A site and how tickets are kept there.

    `statuses` are the names that stand for a state, `dropped` the resolutions (or statuses) that
    say it was not done; both are folded, as Jira tells no names apart by their case. `base_url` is
    None where no connection is configured.
    """

    base_url: str | None = None
    is_cloud: bool = True
    project: str | None = None
    projects: Mapping[str, str] = field(default_factory=dict)
    issue_type: str = _USUAL_TYPE
    priorities: Mapping[str, str] = field(default_factory=lambda: PRIORITIES)
    statuses: Mapping[TicketState, frozenset[str]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset(each.casefold() for each in DROPPED_RESOLUTIONS)

    def project_of(self, team: str | None) -> str | None:
        """The key of the project that a team's tickets are in."""
        return self.projects.get(team or "", self.project)

    @property
    def all_projects(self) -> tuple[str, ...]:
        """The keys of all projects, each once."""
        named = (self.project, *self.projects.values())
        return tuple(dict.fromkeys(each for each in named if each))


def account_of(connection: Connection) -> Account:
    """The account that a connection's settings describe; `check` names what they say wrong."""
    settings = connection.settings
    dropped = settings.get("dropped_resolutions", DROPPED_RESOLUTIONS)
    return Account(
        base_url=connection.base_url,
        is_cloud=settings.get("edition", CLOUD) != DATA_CENTER,
        project=settings.get("project"),
        projects=_texts(settings.get("projects", {})),
        issue_type=settings.get("issue_type", _USUAL_TYPE),
        priorities={**PRIORITIES, **_texts(settings.get("priorities", {}))},
        statuses={
            TicketState(state): _folded(names)
            for state, names in settings.get("statuses", {}).items()
            if state in _STATES
        },
        dropped=_folded(dropped),
    )


def account_for(address: str | None, connections: Iterable[Connection]) -> Account:
    """The account that an issue belongs to, by the address that Jira gives it.

    Behind a proxy Jira may call itself otherwise: the only one that there is, is meant.
    """
    known = tuple(connections)
    for each in known:
        if (address or "").startswith(f"{each.base_url}/"):
            return account_of(each)
    return account_of(known[0]) if len(known) == 1 else Account()


def _texts(table: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: each for name, each in table.items() if isinstance(each, str) and each}


def _folded(names: Any) -> frozenset[str]:
    """One name, or several."""
    listed = [names] if isinstance(names, str) else names if isinstance(names, list | tuple) else []
    return frozenset(each.casefold() for each in listed if isinstance(each, str))
