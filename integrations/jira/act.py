"""What is done at Jira: tickets are created, changed and read.

Each change is compared with the ticket as it is, and only what differs is sent; so one that was
cut may be made again. Jira takes 20 writes of an issue in two seconds; these are a handful.
"""

from collections.abc import Mapping
from typing import Any

from integrations.contract import Rejected, TicketChange, TicketDraft, Unwell
from integrations.jira import adf
from integrations.jira.ask import JiraApi
from integrations.jira.create import find_or_create, settling, summary
from integrations.jira.people import account_value
from integrations.jira.screen import screen_of, untold
from integrations.jira.state import state_of, step_to
from integrations.jira.translate import reading_of
from integrations.observation import TicketObserved, TicketState
from integrations.payload import JsonObject

_MOST_STEPS = 4
"""How many transitions one change may take: through a linear workflow from its one end to the
other."""


async def create(api: JiraApi, draft: TicketDraft) -> TicketObserved:
    """The ticket with the draft's marker: the one that is there, else a new one."""
    external_id = await find_or_create(api, draft)
    try:
        return await read(api, external_id)
    except Unwell as trouble:
        raise settling(trouble) from None


async def read(api: JiraApi, external_id: str) -> TicketObserved:
    """The ticket as it is now."""
    return reading_of((await api.issue(external_id)).fields).ticket(api.account)


async def update(api: JiraApi, external_id: str, change: TicketChange) -> TicketObserved:
    """The ticket after the change.

    Its fields first, then the note, then its state: what a workflow refuses stops nothing else.
    """
    issue = await api.editable(external_id)
    wanted = await _wanted(api, issue.object("fields"), change)
    fitting = screen_of(issue).fitting(wanted)
    if fitting:
        await _edit(api, external_id, fitting)
    words = [change.note or "", *untold(wanted, fitting)]
    if any(words):
        await _note(api, external_id, "\n".join(words))
    if change.state is not None:
        await _move(api, external_id, issue.object("fields"), change.state)
    return await read(api, external_id)


async def _wanted(api: JiraApi, fields: JsonObject, change: TicketChange) -> dict[str, Any]:
    """The fields that differ from what they shall be."""
    wanted: dict[str, Any] = {}
    if change.title is not None and summary(change.title) != fields.fields.get("summary"):
        wanted["summary"] = summary(change.title)
    if change.description is not None:
        wanted |= _description(api, fields.fields.get("description"), change.description)
    if change.due_on is not None and change.due_on.isoformat() != fields.fields.get("duedate"):
        wanted["duedate"] = change.due_on.isoformat()
    priority = api.account.priorities.get(change.priority or "")
    if priority and not _has(fields, "priority", {"name": priority}):
        wanted["priority"] = {"name": priority}
    if change.assignee is not None:
        assignee = await account_value(api, change.assignee)
        if not _has(fields, "assignee", assignee):
            wanted["assignee"] = assignee
    return wanted


def _description(api: JiraApi, present: Any, text: str) -> Mapping[str, Any]:
    """The description, with the way back that the present one ends with."""
    prose = adf.written(text, adf.backlink_of(present), is_cloud=api.account.is_cloud)
    return {} if adf.lines_of(prose) == adf.lines_of(present) else {"description": prose}


def _has(fields: JsonObject, name: str, value: Mapping[str, Any] | None) -> bool:
    """Whether a field has a value, of which only what names it is given."""
    present = fields.object_or_none(name)
    if present is None or value is None:
        return present is None and value is None
    return all(present.fields.get(part) == each for part, each in value.items())


async def _edit(api: JiraApi, external_id: str, fields: Mapping[str, Any]) -> None:
    """Set fields; without the assignee where only they are not taken, who is nobody then."""
    try:
        await api.edit(external_id, fields)
    except Rejected:
        if not fields.get("assignee"):
            raise
        await api.edit(external_id, {**fields, "assignee": None})


async def _note(api: JiraApi, external_id: str, text: str) -> None:
    """Comment, where none of the newest comments says the same."""
    prose = adf.written(text, is_cloud=api.account.is_cloud)
    said = [adf.lines_of(each.fields.get("body")) for each in await api.comments(external_id)]
    if adf.lines_of(prose) not in said:
        await api.comment(external_id, prose)


async def _move(api: JiraApi, external_id: str, fields: JsonObject, target: TicketState) -> None:
    """Take it to a state, in as many steps as its workflow asks for.

    Raises:
        Rejected: no transition leads there.
    """
    visited: set[str] = {fields.object("status").identity("name").casefold()}
    if state_of(fields, api.account) is target:
        return
    for _ in range(_MOST_STEPS):
        step = step_to(target, await api.transitions(external_id), api.account, visited)
        if step is None:
            break
        await api.transition(external_id, step.body)
        if step.leads_to is target:
            return
        visited.add(step.status)
    raise Rejected(
        f"No transition leads to {target}: name the status that stands for it in the setting "
        "`statuses`, or give the workflow one."
    )
