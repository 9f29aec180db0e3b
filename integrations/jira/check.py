"""What is wrong with a connection to Jira, and what to click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from integrations.contract import Connection, Denied, Finding, Missing, Need, Rejected
from integrations.jira.account import DATA_CENTER, EDITIONS, PRIORITIES
from integrations.jira.ask import JiraApi
from integrations.jira.screen import Screen, screen_for_new
from integrations.observation import TicketState
from integrations.payload import JsonObject

_RIGHTS = {
    "BROWSE_PROJECTS": Need("Browse projects", "to read tickets and to find those that are there"),
    "CREATE_ISSUES": Need("Create issues", "to create a ticket for an action item"),
    "EDIT_ISSUES": Need("Edit issues", "to keep a ticket's title, description and priority"),
    "SCHEDULE_ISSUES": Need("Schedule issues", "to set the day on which a ticket is due"),
    "ASSIGN_ISSUES": Need("Assign issues", "to give a ticket to the owner of its action item"),
    "TRANSITION_ISSUES": Need("Transition issues", "to close and reopen a ticket"),
    "ADD_COMMENTS": Need("Add comments", "to say why a ticket was changed"),
    "USER_PICKER": Need("Browse users and groups", "to find an owner by their address"),
}
_GLOBAL = "USER_PICKER"
NEEDS = tuple(_RIGHTS.values())

_RENEW = {
    True: (
        "Jira does not accept the address and the token. Make a new one: id.atlassian.com → "
        "Security → API tokens → Create API token (one without scopes), and name its owner's "
        "address in `email`."
    ),
    False: (
        "Jira does not accept the token. Make a new one: your picture → Profile → Personal Access "
        "Tokens → Create token."
    ),
}


async def check(api: JiraApi, connection: Connection) -> Sequence[Finding]:
    """Whether the token is good, has each right in each project, and the names are right."""
    good = await _is_known(api)
    faults = _faults_of_settings(api, connection)
    faults["token"] = "" if good else _RENEW[api.account.is_cloud]
    if good:
        survey = _Survey(api)
        for project in api.account.all_projects:
            await survey.visit(project)
        for subject, fault in survey.faults().items():
            faults[subject] = _together(faults.get(subject, ""), fault)
    return [Finding(subject, not fault, fault) for subject, fault in faults.items()]


def _faults_of_settings(api: JiraApi, connection: Connection) -> dict[str, str]:
    """What each setting says wrong by itself: "" where it is right."""
    settings = connection.settings
    cloud = settings.get("edition") != DATA_CENTER
    states, priorities = settings.get("statuses", {}), settings.get("priorities", {})
    faults = {
        "edition": f"Give {' or '.join(EDITIONS)}."
        * (settings.get("edition", EDITIONS[0]) not in EDITIONS),
        "email": "Name the address of the account that the token is of."
        * (not settings.get("email")),
        "project": 'Name a project by its key: project = "PAY", or one for each team: projects = '
        '{payments = "PAY"}.' * (not api.account.all_projects),
        "statuses": f"Give names for {', '.join(TicketState)} alone."
        * bool({*states} - {*TicketState}),
        "priorities": f"Give names for {', '.join(PRIORITIES)} alone."
        * bool({*priorities} - {*PRIORITIES}),
    }
    return {name: fault for name, fault in faults.items() if cloud or name != "email"}


async def _is_known(api: JiraApi) -> bool:
    try:
        await api.myself()
    except (Denied, Missing):
        return False
    return True


@dataclass(slots=True)
class _Survey:
    """What lacks in which projects."""

    api: JiraApi
    lacking: dict[str, list[str]] = field(default_factory=lambda: {right: [] for right in _RIGHTS})
    without_type: list[str] = field(default_factory=list)
    without_labels: list[str] = field(default_factory=list)
    without_priority: list[str] = field(default_factory=list)

    async def visit(self, project: str) -> None:
        """Look at one project."""
        try:
            granted = await self.api.permissions(project, tuple(_RIGHTS))
        except (Denied, Missing, Rejected):
            self.lacking["BROWSE_PROJECTS"].append(project)
            return
        for right, places in self.lacking.items():
            if not _has(granted, right):
                places.append(project)
        if _has(granted, "CREATE_ISSUES"):
            await self._look_at_screen(project)

    async def _look_at_screen(self, project: str) -> None:
        account = self.api.account
        screen = await screen_for_new(self.api, project, account.issue_type)
        if screen is None:
            self.without_type.append(project)
            return
        if "labels" not in screen.fields:
            self.without_labels.append(project)
        self.without_priority += _unknown(project, screen, account.priorities)

    def faults(self) -> Mapping[str, str]:
        """What lacks, for each right and for each setting that names something there."""
        kind = self.api.account.issue_type
        no_type = _at(
            self.without_type,
            f'there is no "{kind}": name another in `issue_type`, or add it: Project settings '
            "→ Issue types.",
        )
        no_labels = _at(
            self.without_labels,
            f'the field Labels is not on the screen that creates a "{kind}", and without it no '
            "ticket is found again: Project settings → Screens → Create → add Labels.",
        )
        no_priority = "name what is there in `priorities`; until then tickets have none."
        return {
            **{
                _RIGHTS[right].scope: _at(places, _advice(right))
                for right, places in self.lacking.items()
            },
            "issue_type": _together(no_type, no_labels),
            "priorities": _at(self.without_priority, no_priority),
        }


def _at(places: Sequence[str], advice: str) -> str:
    return f"At {', '.join(places)}: {advice}" if places else ""


def _together(*faults: str) -> str:
    return " ".join(filter(None, faults))


def _advice(right: str) -> str:
    scope = _RIGHTS[right].scope
    if right == _GLOBAL:
        return f"Jira settings → System → Global permissions → {scope} → add the token's account."
    return f"Project settings → Permissions → {scope} → add the token's account or its role."


def _has(granted: JsonObject, right: str) -> bool:
    permission = granted.object_or_none(right)
    return permission is not None and permission.flag("havePermission")


def _unknown(project: str, screen: Screen, priorities: Mapping[str, str]) -> list[str]:
    """The priorities that a project does not have; of one without the field nothing is said."""
    if "priority" not in screen.fields:
        return []
    names = dict.fromkeys(priorities.values())
    return [f"{project} ({each})" for each in names if not screen.takes("priority", {"name": each})]
