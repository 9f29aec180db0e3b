"""What an incident is: its statuses, its severity, and the times between its moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import ErrorCode, Problem
from server.term import Term


class Severity(Term):
    """How bad it is for users."""

    SEV1 = "SEV1", "The product is down or losing data for most users."
    SEV2 = "SEV2", "A main function fails for many users."
    SEV3 = "SEV3", "A function is degraded, or fails for some users."
    SEV4 = "SEV4", "Hardly noticed by users, yet worth learning from."


class IncidentStatus(Term):
    """How far the response has come. Moves forward; back only with a reason."""

    DECLARED = "DECLARED", "Somebody or something says that there is an incident."
    INVESTIGATING = "INVESTIGATING", "People are looking for the cause."
    IDENTIFIED = "IDENTIFIED", "The cause is known."
    MITIGATED = "MITIGATED", "Users no longer feel it; the cause may still be there."
    RESOLVED = "RESOLVED", "The system is normal again."

    @property
    def step(self) -> int:
        """The position in the course of a response, from 0."""
        return list(IncidentStatus).index(self)


class Signal(Term):
    """What showed the incident first."""

    ERROR_RATE = "ERROR_RATE", "A rise of errors, seen by a person or on a dashboard."
    ALERT = "ALERT", "An alert or a page."
    USER_REPORT = "USER_REPORT", "Users said so."
    DEPLOYMENT_CHECK = "DEPLOYMENT_CHECK", "A check that watched a deployment."
    OTHER = "OTHER", "Anything else."


class ResponderRole(Term):
    """What a person did in the response."""

    COMMANDER = "COMMANDER", "Led the response."
    RESPONDER = "RESPONDER", "Worked on it."
    PAGED = "PAGED", "Was paged."
    COMMUNICATOR = "COMMUNICATOR", "Kept others informed."


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of an incident that its durations are computed from."""

    declared_at: datetime
    started_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    identified_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def onset(self) -> datetime:
        """When it began as far as is known: impact counts, not the declaration."""
        return self.started_at or self.detected_at or self.declared_at

    @property
    def time_to_detect(self) -> timedelta | None:
        """From the first impact to its detection; None until both are known."""
        return _between(self.started_at, self.detected_at)

    @property
    def time_to_acknowledge(self) -> timedelta | None:
        """From detection (or declaration, where nothing detected it) to a person's answer."""
        return _between(self.detected_at or self.declared_at, self.acknowledged_at)

    @property
    def time_to_mitigate(self) -> timedelta | None:
        """From the onset until users no longer felt it."""
        return _between(self.onset, self.mitigated_at)

    @property
    def time_to_resolve(self) -> timedelta | None:
        """From the onset until the system was normal again."""
        return _between(self.onset, self.resolved_at)


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    """The time from `start` to `end`, or None where one is unknown or they contradict."""
    if start is None or end is None or end < start:
        return None
    return end - start


_ENDS_AFTER_ITS_START = (
    ("detected_at", "detectedAt"),
    ("acknowledged_at", "acknowledgedAt"),
    ("identified_at", "identifiedAt"),
    ("mitigated_at", "mitigatedAt"),
    ("resolved_at", "resolvedAt"),
)


def check_times(times: Times, now: datetime) -> Sequence[Problem]:
    """Every moment that lies before the incident's start, or in the future."""
    problems = [
        Problem(
            ErrorCode.INVALID,
            f"{field} lies before startedAt. Correct one of the two.",
            (field,),
        )
        for name, field in _ENDS_AFTER_ITS_START
        if times.started_at and (moment := getattr(times, name)) and moment < times.started_at
    ]
    if times.mitigated_at and times.resolved_at and times.resolved_at < times.mitigated_at:
        problems.append(
            Problem(
                ErrorCode.INVALID,
                "resolvedAt lies before mitigatedAt. Correct one of the two.",
                ("resolvedAt",),
            )
        )
    future = now + CLOCK_SKEW
    every = (("declared_at", "declaredAt"), ("started_at", "startedAt"), *_ENDS_AFTER_ITS_START)
    problems += [
        Problem(ErrorCode.INVALID, f"{field} lies in the future. Give a past time.", (field,))
        for name, field in every
        if (moment := getattr(times, name)) and moment > future
    ]
    return problems


CLOCK_SKEW = timedelta(minutes=5)
"""How far a reporter's clock may run ahead of ours before a time counts as in the future."""


def check_move(
    current: IncidentStatus, wanted: IncidentStatus, reason: str | None
) -> Problem | None:
    """What forbids moving from `current` to `wanted`, if anything.

    Forward is always allowed. RESOLVED reopens to INVESTIGATING only. Any way back needs a
    reason, because the timeline will show that the response went back.
    """
    if wanted.step >= current.step:
        return None
    if current is IncidentStatus.RESOLVED and wanted is not IncidentStatus.INVESTIGATING:
        return Problem(
            ErrorCode.INVALID, "A resolved incident reopens to INVESTIGATING.", ("status",)
        )
    if not (reason or "").strip():
        return Problem(
            ErrorCode.INVALID,
            f"Going back from {current} to {wanted} needs a reason.",
            ("reason",),
        )
    return None


_MOMENT_OF_STATUS = {
    IncidentStatus.INVESTIGATING: "acknowledged_at",
    IncidentStatus.IDENTIFIED: "identified_at",
    IncidentStatus.MITIGATED: "mitigated_at",
    IncidentStatus.RESOLVED: "resolved_at",
}


def moments_of_move(
    current: IncidentStatus, wanted: IncidentStatus, at: datetime
) -> dict[str, datetime | None]:
    """The moments that a status change sets, by field name.

    Reaching a status stamps its moment. Going back clears the moments of the statuses that
    are no longer reached: an incident under investigation again has not been resolved.
    """
    if wanted.step >= current.step:
        stamped = _MOMENT_OF_STATUS.get(wanted)
        return {stamped: at} if stamped and wanted is not current else {}
    return {
        name: None
        for status, name in _MOMENT_OF_STATUS.items()
        if status.step > max(wanted.step, IncidentStatus.INVESTIGATING.step)
    }
