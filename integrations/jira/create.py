"""Creating a ticket once.

Jira takes no key that would make creating a thing twice do it once, and its search on Cloud lags
behind by some seconds. What makes it once:

- The marker is a label that the issue is born with, in the same request. Whoever wants to create
  a ticket searches for the label first, so whatever became of an earlier attempt is found.
- The host lets one attempt at an item run at a time, and its client never repeats a request to
  create whose fate it does not know.
- Where the fate of that request is unknown, it is searched for at once; where nothing is found, or
  what was created cannot be read, the attempt ends `Unwell` and asks to be left alone for
  `SETTLES_SECONDS`, far longer than the index lags. Only then is there another attempt, which
  begins with the search.
- Where there are two all the same (somebody cloned the ticket, or the index slept), everybody finds
  the oldest.

The marker is a property of the issue, too: a property is read with the issue itself, not from the
index, and stays when people tidy up labels.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from integrations.contract import Missing, Rejected, TicketDraft, Unwell
from integrations.jira import adf
from integrations.jira.ask import JiraApi
from integrations.jira.people import account_value
from integrations.jira.screen import Screen, screen_for_new, untold
from integrations.jira.translate import LABEL
from integrations.payload import as_object

SETTLES_SECONDS = 60.0
"""After how long everything that was created is found."""

_LABEL_LIMIT = 255
_SUMMARY_LIMIT = 255


async def find(api: JiraApi, marker: str) -> str | None:
    """The id of the ticket with a marker; the oldest, where there are several."""
    found = await api.search(f'labels = "{marker}" ORDER BY created ASC, key ASC')
    return as_object(found.issues[0], "issue").identity("id") if found.issues else None


async def find_or_create(api: JiraApi, draft: TicketDraft) -> str:
    """The id of the ticket that a draft's marker names, be it there or new.

    Raises:
        Rejected: there is no project for it, or Jira does not take it.
        Unwell: nobody knows whether it is there now.
    """
    there = await find(api, draft.marker)
    if there is not None:
        return there
    try:
        return await _create(api, draft)
    except Unwell as trouble:
        there = await find(api, draft.marker)
        if there is not None:
            return there
        raise settling(trouble) from None


def settling(trouble: Unwell) -> Unwell:
    """The same trouble, met when there may be a ticket that the search does not know yet."""
    wait = max(trouble.again_in or 0.0, SETTLES_SECONDS)
    return Unwell("Jira did not say what became of the new ticket.", wait)


async def _create(api: JiraApi, draft: TicketDraft) -> str:
    """Create it with all that the draft has, else with as much of it as the project takes."""
    refusal: Rejected | None = None
    async for fields in _forms(api, draft):
        try:
            return await api.create(fields, draft.marker)
        except Rejected as error:
            refusal = error
    raise refusal or Rejected("There is no project for the ticket.")


async def _forms(api: JiraApi, draft: TicketDraft) -> AsyncIterator[Mapping[str, Any]]:
    """The fields of a new issue: all, then those that the screen has, then with nobody assigned,
    and last, where there must be somebody, with whom the project has for that.

    A rejection creates nothing, so another form may follow it.
    """
    project = api.account.project_of(draft.team)
    if project is None:
        return
    wanted = await _wanted(api, draft, project)
    yield {**wanted, **_described(api, draft, ())}
    screen = await _screen(api, project)
    if screen is None:
        return
    fitting = screen.fitting(wanted)
    described = _described(api, draft, untold(wanted, fitting))
    if fitting != wanted:
        yield {**fitting, **described}
    if fitting.get("assignee"):
        yield {**fitting, "assignee": None, **described}
    if "assignee" in fitting:
        yield {name: value for name, value in fitting.items() if name != "assignee"} | described


async def _screen(api: JiraApi, project: str) -> Screen | None:
    """What a new issue can have, where the project is there at all."""
    try:
        return await screen_for_new(api, project, api.account.issue_type)
    except (Missing, Rejected):
        return None


async def _wanted(api: JiraApi, draft: TicketDraft, project: str) -> dict[str, Any]:
    """The values of a new issue's fields, but for the description.

    Of nobody it is said, too: else the project's own rule gives the ticket to somebody.
    """
    priority = api.account.priorities.get(draft.priority)
    return {
        "project": {"key": project},
        "issuetype": {"name": api.account.issue_type},
        "summary": summary(draft.title),
        "labels": labels(draft),
        "duedate": draft.due_on.isoformat(),
        **({"priority": {"name": priority}} if priority else {}),
        "assignee": await account_value(api, draft.assignee),
    }


def _described(api: JiraApi, draft: TicketDraft, more: Sequence[str]) -> dict[str, Any]:
    text = "\n".join([draft.description or "", *more])
    return {"description": adf.written(text, draft.url, is_cloud=api.account.is_cloud)}


def summary(title: str) -> str:
    """A title on one line, as long as Jira takes it."""
    line = " ".join(title.split())
    return line if len(line) <= _SUMMARY_LIMIT else line[: _SUMMARY_LIMIT - 1] + "…"


def labels(draft: TicketDraft) -> list[str]:
    """The label of all tickets, the marker, and the draft's own: labels have no spaces."""
    own = ("-".join(each.split())[:_LABEL_LIMIT] for each in draft.labels)
    return list(dict.fromkeys([LABEL, draft.marker, *filter(None, own)]))
