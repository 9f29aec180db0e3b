"""Two records of one incident: what they come to when the one becomes part of the other.

A person's word stands before a source's, and the target's before the other's. What began is told
by whoever saw it first, what ended by whoever saw it last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.incident import IncidentStatus, Times, moments_of_move
from server.domain.page import Word

TEXTS = ("title", "severity", "summary", "url")
"""The columns of which one record's stands as it is."""

SETTLED = frozenset(
    {"title", "severity", "url", "declared_at", "detected_at", "detected_by", "services"}
)
"""What sources tell of an incident, and no longer overwrite: a person joined the records."""

_BEGINNINGS = ("started_at", "detected_at", "declared_at", "acknowledged_at", "identified_at")
_ENDS = ("mitigated_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an incident: its columns by name, its moments, and who says so.

    `edited` are the columns that people set, `word` is their last one on the status.
    """

    columns: Mapping[str, Any]
    times: Times
    edited: frozenset[str]
    word: Word | None
    told_by_a_source: bool

    def is_a_persons(self, name: str) -> bool:
        """Whether a person said what stands in this column."""
        return name in self.edited or not self.told_by_a_source


def whose(name: str, into: Record, other: Record) -> Record:
    """The record whose column stands: of those that say something, a person's before a source's."""
    telling = [each for each in (into, other) if each.columns[name] is not None]
    persons = [each for each in telling if each.is_a_persons(name)]
    return next(iter(persons or telling), into)


def later_word(into: Record, other: Record) -> Word | None:
    """The last word of a person on either record's status."""
    words = [each.word for each in (into, other) if each.word]
    return max(words, key=lambda word: word.at, default=None)


def status_of(word: Word | None, into: Record, other: Record) -> IncidentStatus:
    """The status where no page tells of one: a person's last word, else the one further on."""
    if word:
        return word.status
    both = (IncidentStatus(each.columns["status"]) for each in (into, other))
    return max(both, key=lambda status: status.step)


def moments(into: Times, other: Times, status: IncidentStatus) -> dict[str, datetime | None]:
    """The moments of both, without those that a status still before them has not reached.

    What one record knows of the course bounds what the other does: it had started by the time it
    was first noticed, and nobody felt it once all was normal.
    """
    joined = {
        **{name: min(_both(name, into, other), default=None) for name in _BEGINNINGS},
        **{name: max(_both(name, into, other), default=None) for name in _ENDS},
        **moments_of_move(IncidentStatus.RESOLVED, status, into.declared_at),
    }
    seen = [at for name, at in joined.items() if at and name != "declared_at"]
    if joined["started_at"]:
        joined["started_at"] = min(seen)
    if joined["mitigated_at"] and joined["resolved_at"]:
        joined["mitigated_at"] = min(joined["mitigated_at"], joined["resolved_at"])
    return joined


def first_to_detect(into: Record, other: Record) -> Record:
    """The record that knows what showed the incident first."""
    telling = [each for each in (into, other) if each.times.detected_at]
    return min(
        telling, key=lambda each: each.times.detected_at or each.times.declared_at, default=into
    )


def _both(name: str, into: Times, other: Times) -> Iterator[datetime]:
    for times in (into, other):
        if at := getattr(times, name):
            yield at
