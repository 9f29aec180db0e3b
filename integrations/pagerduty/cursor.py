"""How far PagerDuty has been read: what a cursor holds, and how it is written.

A round goes through its steps, each a list that is read part by part. A cursor is taken up at any
part; times are RFC 3339 in UTC and of one form, so that texts sort as times do.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

LONGEST = timedelta(days=180)
"""What a window may span: PagerDuty refuses more than six months."""

SHORTEST = timedelta(seconds=2)
"""A window of which no half can be asked for, since PagerDuty's times are whole seconds."""

MOST_KNOWN = 3_000
"""How many incidents are looked at again, those that were met last."""

_VERSION = 1


class Step(StrEnum):
    """What a round reads, in this order."""

    SERVICES = "services"
    TEAMS = "teams"
    USERS = "users"
    CREATED = "created"
    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    OTHERS = "others"

    @property
    def next(self) -> "Step | None":
        """The one after it; None after the last."""
        steps = list(Step)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None


@dataclass(frozen=True, slots=True)
class Window:
    """Incidents created from `since` until `until`, of which `offset` were read.

    The last window ends at `end`; `reached` is when the last incident that was read was created.
    """

    since: str
    until: str
    end: str
    offset: int = 0
    reached: str | None = None

    @property
    def is_narrow(self) -> bool:
        return _read(self.until) - _read(self.since) <= SHORTEST

    def halved(self) -> "Window":
        """The earlier half."""
        half = (_read(self.until) - _read(self.since)) / 2
        return replace(self, until=written(_read(self.since) + half))

    def on(self, count: int, reached: str | None, *, more: bool) -> "Window | None":
        """After so many more incidents; None where the last window holds no more."""
        if more:
            return replace(self, offset=self.offset + count, reached=reached)
        return None if self.until >= self.end else window(_read(self.until), _read(self.end))

    def share_since(self, first: datetime) -> float:
        """How much is read by time, 0 to 1, of what was begun there."""
        whole = _read(self.end) - first
        read = _read(self.reached or self.since) - first
        return min(1.0, max(0.0, read / whole)) if whole else 1.0


def window(since: datetime, end: datetime) -> Window:
    """The first window of that stretch of time."""
    return Window(written(since), written(min(end, since + LONGEST)), written(end))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a round.

    `read_until` is how far incidents were read by their creation in earlier rounds. `known` are
    the incidents that are looked at again, with their last change, and `unmet` those of them that
    this round has not met yet. `catalog_at` is when the catalog was read, `catalog` the digest of
    each part of it.
    """

    step: Step = Step.SERVICES
    offset: int = 0
    window: Window | None = None
    read_until: str | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()
    catalog_at: str | None = None
    catalog: Mapping[str, str] = field(default_factory=dict)

    def on(self, count: int, *, more: bool) -> "Cursor":
        """After so many more records of this step, at the next one where there are no more."""
        if more:
            return replace(self, offset=self.offset + count)
        return replace(self, step=self.step.next or Step.SERVICES, offset=0)

    def met(self, incident_id: str) -> "Cursor":
        """With an incident that was met."""
        return replace(self, unmet=tuple(each for each in self.unmet if each != incident_id))

    def knowing(self, incident_id: str, changed_at: str | None) -> "Cursor":
        """With an incident that is looked at again, or, without a last change, no more."""
        others = {key: value for key, value in self.known.items() if key != incident_id}
        known = {**others, incident_id: changed_at} if changed_at else others
        return replace(self, known=dict([*known.items()][-MOST_KNOWN:]))

    def write(self) -> str:
        return json.dumps({"version": _VERSION, **asdict(self)})


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor that was written; None where it is none, or one of another version."""
    try:
        kept: Any = json.loads(text or "{}")
    except ValueError:
        return None
    if not isinstance(kept, dict) or kept.pop("version", None) != _VERSION:
        return None
    opened = Window(**kept["window"]) if kept["window"] else None
    made = {"step": Step(kept["step"]), "window": opened, "unmet": tuple(kept["unmet"])}
    return Cursor(**{**kept, **made})


def written(moment: datetime) -> str:
    """A moment as a cursor has it, and as PagerDuty is asked: to the second."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
