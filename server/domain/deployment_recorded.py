"""What somebody records of a deployment, joined to what was recorded of it before."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.deployment import ENDED, DeploymentStatus


@dataclass(frozen=True, slots=True)
class Recorded:
    """How far a deployment has come, by the word of whoever records it."""

    status: DeploymentStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None


def joined(before: Recorded | None, said: Recorded, now: datetime) -> Recorded:
    """What is known of a deployment after it was recorded anew.

    Times that are left out stay as they were. Who sees it end without being told when, sees it
    end `now`. A word that comes late does not undo a later one.
    """
    if before is None:
        return said
    status = _later(before.status, said.status)
    ended_now = now if status in ENDED and before.status not in ENDED else None
    return Recorded(
        status,
        said.started_at or before.started_at,
        said.finished_at or before.finished_at or ended_now,
    )


def upheld(said: Recorded, told: Recorded) -> Recorded:
    """What holds of a deployment that somebody recorded and that sources tell of too.

    What a person said stands, but for a status that the sources have seen go further; what is
    left out they fill in, unless it contradicts.
    """
    status = _later(told.status, said.status)
    started_at = said.started_at or told.started_at
    finished_at = said.finished_at or told.finished_at
    if started_at and finished_at and finished_at < started_at:
        started_at, finished_at = said.started_at, said.finished_at
    return Recorded(status, started_at, finished_at)


def times(said: Recorded, heard_at: datetime) -> tuple[datetime, datetime]:
    """The first and the last time that is known of what somebody records."""
    known = [each for each in (said.started_at, said.finished_at) if each] or [heard_at]
    return min(known), max(known)


def _later(before: DeploymentStatus, said: DeploymentStatus) -> DeploymentStatus:
    """The status that holds: what has ended does not go on, what was taken back stays so."""
    taken_back = before is DeploymentStatus.ROLLED_BACK and said is DeploymentStatus.SUCCESS
    return before if taken_back or _step(said) < _step(before) else said


def _step(status: DeploymentStatus) -> int:
    if status in ENDED:
        return 2
    return 1 if status is DeploymentStatus.IN_PROGRESS else 0
