"""What becomes of action items: done in time, done late, blocked, dropped, or still open."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from server.demo.chance import Dice
from server.demo.plan import Action, Step
from server.demo.scenarios import Promise
from server.domain.action_item import ActionItemKind, ActionItemState

_KEEPS_PROMISES = {
    "payments": 0.9,
    "platform": 0.8,
    "checkout": 0.65,
    "discovery": 0.5,
    "web": 0.35,
}
"""The share of its action items that a team has done in time: they differ, as teams do."""

_TAKES_DAYS = {
    ActionItemKind.IMMEDIATE_MITIGATION: (0, 0),
    ActionItemKind.PROCESS_CHANGE: (1, 6),
    ActionItemKind.MONITORING: (3, 16),
    ActionItemKind.TOOLING_IMPROVEMENT: (7, 28),
    ActionItemKind.ARCHITECTURAL_CHANGE: (12, 40),
}
"""How long work takes that is done in time."""

_LATE_BY_DAYS = (20, 60)
_VERIFIED_AFTER = timedelta(days=8)

_BLOCKED_BY = (
    "Waits for the platform upgrade that is planned for next month",
    "Waits for a licence that procurement is negotiating",
    "The API it needs is not released yet",
    "Waits for capacity in the team that owns the component",
)
_DROPPED_BECAUSE = (
    "The component is replaced this quarter, which takes the cause away",
    "A measurement showed that the alert would have come no earlier than the one there is",
    "Covered by the action item of a later incident",
)


def action_of(
    promise: Promise,
    slots: Mapping[str, str],
    team: str,
    people: Sequence[str],
    between: tuple[datetime, datetime],
    chance: Dice,
) -> Action:
    """An action item written down at the first of these times, as it stands at the second."""
    written_at, now = between
    owner = chance.choice(people)
    steps = tuple(_fate(promise.kind, _KEEPS_PROMISES[team], written_at, chance))
    happened = tuple(step for step in steps if step.at < now)
    return Action(promise.title.format_map(slots), promise.kind, owner, happened)


def _fate(kind: ActionItemKind, keeps: float, written_at: datetime, chance: Dice) -> Iterator[Step]:
    """All that will become of it. An immediate mitigation is written down as done."""
    drawn, spread, choice = chance.random(), chance.random(), chance.randrange(12)
    if kind is ActionItemKind.IMMEDIATE_MITIGATION:
        if drawn < keeps:
            yield Step(written_at + _VERIFIED_AFTER, ActionItemState.VERIFIED)
        return
    begun_at = written_at + timedelta(hours=20)
    least, most = _TAKES_DAYS[kind]
    done_at = begun_at + timedelta(days=least + spread * (most - least))
    if drawn < keeps:
        yield Step(begun_at, ActionItemState.IN_PROGRESS)
        yield from _done(done_at, verified=choice % 2 == 0)
        return
    match choice % 4:
        case 0:
            yield from _late(begun_at, done_at, spread)
        case 1:
            yield Step(begun_at, ActionItemState.IN_PROGRESS)
            reason = _BLOCKED_BY[choice % len(_BLOCKED_BY)]
            yield Step(begun_at + timedelta(days=2), ActionItemState.BLOCKED, reason)
        case 2:
            reason = _DROPPED_BECAUSE[choice % len(_DROPPED_BECAUSE)]
            yield Step(begun_at + timedelta(days=9), ActionItemState.DROPPED, reason)
        case _:
            return  # nobody has begun, and its day comes and goes


def _late(begun_at: datetime, done_at: datetime, spread: float) -> Iterator[Step]:
    least, most = _LATE_BY_DAYS
    late = timedelta(days=least + spread * (most - least))
    yield Step(begun_at + late / 2, ActionItemState.IN_PROGRESS)
    yield from _done(done_at + late, verified=False)


def _done(at: datetime, *, verified: bool) -> Iterator[Step]:
    yield Step(at, ActionItemState.DONE)
    if verified:
        yield Step(at + _VERIFIED_AFTER, ActionItemState.VERIFIED)
