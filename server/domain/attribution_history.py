"""What the history of deployments says of one of them, for attribution."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.deployment import is_production


@dataclass(frozen=True, slots=True)
class Ran:
    """A deployment that came up, and where. `place` tells services apart, and environments."""

    id: UUID
    place: tuple[object, str]
    finished_at: datetime


def superseded(deployments: Iterable[Ran], onset: datetime) -> Collection[UUID]:
    """Those that a newer deployment of the same place had replaced by the onset."""
    before = [each for each in deployments if each.finished_at <= onset]
    newest: dict[object, datetime] = {}
    for each in before:
        newest[each.place] = max(each.finished_at, newest.get(each.place, each.finished_at))
    return {each.id for each in before if each.finished_at < newest[each.place]}


@dataclass(frozen=True, slots=True)
class Brought:
    """A deployment that brought a pull request; `taken_back_at`: when it was rolled back."""

    id: UUID
    environment: str
    at: datetime
    taken_back_at: datetime | None


def is_met(environment: str, deployment_id: UUID, at: datetime, brought: Iterable[Brought]) -> bool:
    """Whether a pull request ran already when a deployment that needs it went out.

    It did where an earlier deployment to production, or to the same environment, had brought it
    and was not rolled back by then. Within one deployment, order is the deployment's own affair.
    """
    return any(
        each.id == deployment_id
        or (
            (each.environment == environment or is_production(each.environment))
            and each.at < at
            and (each.taken_back_at is None or each.taken_back_at > at)
        )
        for each in brought
    )
