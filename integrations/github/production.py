"""What a deployment to production is in a repository: an operator's word on what GitHub names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.contract import Connection

ENVIRONMENT = "production"
"""The environment of what is deployed by a release or a workflow, which name none."""

_WORKFLOW = re.compile(r"[\w.-]{1,200}\.ya?ml")


@dataclass(frozen=True, slots=True)
class Production:
    """One of three: an environment of another name, a workflow's file, or each release.

    With none of them, GitHub's deployments count under the names that they have.
    """

    environment: str | None = None
    workflow: str | None = None
    releases: bool = False

    def named(self, environment: str) -> str:
        """The environment, by the name that production goes by."""
        return ENVIRONMENT if environment == self.environment else environment


def production_of(repository: str, connections: Iterable[Connection]) -> Production:
    """What the first connection that speaks of the repository says."""
    for connection in connections:
        for name, said in _table(connection).items():
            if name.lower() == repository.lower():
                return _read(said) or Production()
    return Production()


def unreadable_in(connection: Connection) -> list[str]:
    """The repositories of which the setting says nothing that can be understood."""
    return [name for name, said in _table(connection).items() if _read(said) is None]


def _table(connection: Connection) -> Mapping[str, Any]:
    table = connection.settings.get("production")
    return table if isinstance(table, Mapping) else {}


def _read(said: Any) -> Production | None:
    match said:
        case {"environment": str(name), **rest} if name and not rest:
            return Production(environment=name)
        case {"workflow": str(file), **rest} if _WORKFLOW.fullmatch(file) and not rest:
            return Production(workflow=file)
        case {"releases": True, **rest} if not rest:
            return Production(releases=True)
        case _:
            return None
