"""How far an issue is, and the transition that takes it there.

Every workflow has statuses of its own; what they have in common is their category. Where that
says too little, the operator names statuses.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.jira.account import Account
from integrations.observation import TicketState
from integrations.payload import NAME_LIMIT, JsonObject, as_object

_CATEGORIES = {
    "new": TicketState.OPEN,
    "indeterminate": TicketState.IN_PROGRESS,
    "done": TicketState.DONE,
}
_USUAL_RESOLUTIONS = ("done", "fixed", "resolved")
_RESOLUTION = "resolution"
_RESOLUTIONS_LIMIT = 200
_FIELDS_LIMIT = 500


def state_of(fields: JsonObject, account: Account) -> TicketState:
    """How far an issue with these fields is."""
    status = fields.object("status")
    resolution = fields.object_or_none(_RESOLUTION)
    named = (resolution.prose("name", NAME_LIMIT) if resolution else None) or ""
    state = _state_of_status(status, account)
    dropped = state is TicketState.DONE and named.casefold() in account.dropped
    return TicketState.DROPPED if dropped else state


def _state_of_status(status: JsonObject, account: Account) -> TicketState:
    name = _name(status)
    for state, names in account.statuses.items():
        if name in names:
            return state
    category = status.object_or_none("statusCategory")
    key = category.prose("key", NAME_LIMIT) if category else None
    state = _CATEGORIES.get(key or "", TicketState.OPEN)
    dropped = state is TicketState.DONE and name in account.dropped
    return TicketState.DROPPED if dropped else state


@dataclass(frozen=True, slots=True)
class Step:
    """A transition to make: its id, the resolution that it is given, and where it leads to."""

    transition: str
    resolution: str | None
    status: str
    leads_to: TicketState

    @property
    def body(self) -> dict[str, Any]:
        """What is sent to make it."""
        given = {"fields": {_RESOLUTION: {"name": self.resolution}}} if self.resolution else {}
        return {"transition": {"id": self.transition}, **given}


def step_to(
    target: TicketState,
    transitions: Sequence[JsonObject],
    account: Account,
    visited: Collection[str],
) -> Step | None:
    """The transition that leads to a state; else one that leads on, to work that is under way, from
    where the workflow may let it through. No status is visited twice.

    A transition that asks for more than a resolution is left to people.
    """
    open_to_us = [each for each in transitions if not _asks_for_more(each)]
    direct = [step for each in open_to_us if (step := _step(each, target, account))]
    if direct:
        return min(direct, key=lambda step: not _is_named(step, target, account))
    ends = any(_step(each, TicketState.DONE, account) for each in open_to_us)
    if ends and target is TicketState.DROPPED:
        return None  # This workflow ends here, and only by doing the work.
    onward = (_step(each, TicketState.IN_PROGRESS, account) for each in open_to_us)
    return next((step for step in onward if step and step.status not in visited), None)


def _is_named(step: Step, target: TicketState, account: Account) -> bool:
    return step.status in account.statuses.get(target, ())


def _step(transition: JsonObject, target: TicketState, account: Account) -> Step | None:
    """The transition as a step to the state, if it leads there."""
    status = transition.object("to")
    offered = _resolutions(transition)
    leads_to = _state_of_status(status, account)
    may_drop = target is TicketState.DROPPED and leads_to is TicketState.DONE
    fitting = _fitting(offered, target, account)
    if leads_to is not target and not (may_drop and fitting):
        return None
    if offered and not fitting and leads_to is TicketState.DONE:
        return None
    resolution = next(iter(fitting), None)
    return Step(transition.identity("id"), resolution, _name(status), target)


def _fitting(offered: Sequence[str], target: TicketState, account: Account) -> list[str]:
    """The resolutions that say of an issue that it is in the state, the best first."""
    dropping = [each for each in offered if each.casefold() in account.dropped]
    match target:
        case TicketState.DROPPED:
            return dropping
        case TicketState.DONE:
            others = [each for each in offered if each not in dropping]
            return sorted(others, key=lambda each: each.casefold() not in _USUAL_RESOLUTIONS)
        case _:
            return []


def _resolutions(transition: JsonObject) -> list[str]:
    """The resolutions that its screen offers; none where it has no such field."""
    fields = transition.object_or_none("fields")
    field = fields.object_or_none(_RESOLUTION) if fields else None
    allowed = field.objects("allowedValues", _RESOLUTIONS_LIMIT) if field else ()
    return [each.identity("name") for each in allowed]


def _asks_for_more(transition: JsonObject) -> bool:
    fields = transition.object_or_none("fields")
    listed = list(fields.fields.items())[:_FIELDS_LIMIT] if fields else []
    asked = [as_object(each, name) for name, each in listed if name != _RESOLUTION]
    return any(each.flag("required") and not each.flag("hasDefaultValue") for each in asked)


def _name(status: JsonObject) -> str:
    return status.identity("name").casefold()
