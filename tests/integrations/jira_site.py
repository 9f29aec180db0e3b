"""A Jira site as far as tickets go: issues, the workflow they pass through, and who is there."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Node = dict[str, Any]

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
CATEGORIES = {
    "To Do": "new",
    "In Progress": "indeterminate",
    "Done": "done",
    "Won't Do": "done",
}
SCREEN = ("summary", "description", "labels", "duedate", "priority", "assignee")
PRIORITIES = ("Highest", "High", "Medium", "Low")
PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "SCHEDULE_ISSUES",
    "ASSIGN_ISSUES",
    "TRANSITION_ISSUES",
    "ADD_COMMENTS",
    "USER_PICKER",
)


class Refused(Exception):
    """What Jira answers 400, with what it says of each field."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one status to another, and what its screen asks for."""

    to: str
    resolutions: tuple[str, ...] = ()
    asks_for: tuple[str, ...] = ()

    def shown(self, number: int) -> Node:
        fields = {each: _meta(each, required=True) for each in self.asks_for}
        if self.resolutions:
            allowed = [{"name": each} for each in self.resolutions]
            fields["resolution"] = {**_meta("resolution", required=True), "allowedValues": allowed}
        status = shown_status(self.to)
        return {"id": str(number), "name": f"To {self.to}", "to": status, "fields": fields}


SIMPLE = {each: [Transition(to) for to in CATEGORIES if to != each] for each in CATEGORIES}
"""From everywhere to everywhere, and a status of its own for what is not done."""

BY_RESOLUTION = {
    "To Do": [
        Transition("In Progress"),
        Transition("Done", ("Won't Do", "Cannot Reproduce", "Done")),
    ],
    "In Progress": [Transition("Done", ("Won't Do", "Fixed"))],
    "Done": [Transition("To Do")],
}
"""Whether it was done is said by its resolution alone."""

LINEAR = {
    "To Do": [Transition("In Progress")],
    "In Progress": [Transition("Done"), Transition("To Do")],
    "Done": [Transition("In Progress")],
}
"""One step after the other, with no way to give up."""

ADA = {"id": "ada", "address": "ada@example.com", "name": "Ada"}
BOB = {"id": "bob", "address": "bob@example.com", "name": "Bob"}


@dataclass(slots=True)
class Site:
    """What there is. `lags` keeps what changed from the search until `index` is called; `lead` is
    given what comes without a word of an assignee.
    """

    is_cloud: bool = True
    base_url: str = ""
    issues: dict[str, Node] = field(default_factory=dict)
    indexed: dict[str, Node] = field(default_factory=dict)
    lags: bool = False
    workflow: Mapping[str, Sequence[Transition]] = field(default_factory=lambda: SIMPLE)
    screen: set[str] = field(default_factory=lambda: set(SCREEN))
    priorities: tuple[str, ...] = PRIORITIES
    people: list[Node] = field(default_factory=lambda: [ADA, BOB])
    hides_addresses: bool = False
    lead: Node | None = None
    must_be_assigned: bool = False
    projects: tuple[str, ...] = ("PAY", "OPS")
    granted: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    now: datetime = START

    def tick(self) -> str:
        """Pass a second, and say what time it is in the way that Jira does."""
        self.now += timedelta(seconds=1)
        return written(self.now)

    def index(self) -> None:
        """Let the search see everything."""
        self.indexed = deepcopy(self.issues)

    def create(self, fields: Node, properties: Sequence[Node]) -> Node:
        self._refuse_unknown({name: each for name, each in fields.items() if name not in _GIVEN})
        if self.lead:
            fields = {"assignee": {"accountId": self.lead["id"]}, **fields}
        if self.must_be_assigned and not fields["assignee"]:
            raise Refused("assignee")
        number, at = 10_001 + len(self.issues), self.tick()
        project = fields["project"]["key"]
        if project not in self.projects:
            raise Refused("project")
        issue: Node = {
            "id": str(number),
            "key": f"{project}-{number - 10_000}",
            "self": f"{self.base_url}/rest/api/{3 if self.is_cloud else 2}/issue/{number}",
            "fields": {
                **dict.fromkeys(("duedate", "priority", "assignee", "resolution", "description")),
                **self._kept(fields),
                "status": shown_status("To Do"),
                "created": at,
                "updated": at,
            },
            "properties": {each["key"]: each["value"] for each in properties},
            "history": [],
            "comments": [],
        }
        self.issues[issue["id"]] = issue
        self._changed()
        return issue

    def edit(self, issue: Node, fields: Node) -> None:
        """Set fields, as somebody does at the site or over its API."""
        self._refuse_unknown(fields)
        self._set(issue, self._kept(fields))

    def transitions(self, issue: Node) -> list[Node]:
        ways = self.workflow.get(issue["fields"]["status"]["name"], ())
        return [way.shown(number) for number, way in enumerate(ways, 11)]

    def transition(self, issue: Node, number: str, fields: Node) -> None:
        ways = self.workflow.get(issue["fields"]["status"]["name"], ())
        way = ways[int(number) - 11]
        given = (fields.get("resolution") or {}).get("name")
        if set(way.asks_for) - fields.keys() or (way.resolutions and given not in way.resolutions):
            raise Refused("resolution")
        self.move(issue, way.to, given)

    def move(self, issue: Node, status: str, resolution: str | None = None) -> None:
        """Take it to a status, as if somebody had dragged it there."""
        named = {"name": resolution} if resolution else None
        self._set(issue, {"status": shown_status(status), "resolution": named})

    def comment(self, issue: Node, body: Any) -> Node:
        self.tick()
        number = str(len(issue["comments"]) + 1)
        comment = {"id": number, "body": body, "created": self.now.isoformat()}
        issue["comments"].append(comment)
        return comment

    def person(self, person: Node) -> Node:
        """Somebody as this edition shows them."""
        address = {} if self.hides_addresses else {"emailAddress": person["address"]}
        active = person.get("active", True)
        shown = {"displayName": person["name"], "active": active, **address}
        if self.is_cloud:
            return {**shown, "accountId": person["id"], "accountType": "atlassian"}
        return {**shown, "key": f"KEY-{person['id']}", "name": person["id"]}

    def shown(self, issue: Node) -> Node:
        """An issue as it is answered, but for what it may be asked for besides."""
        return {name: issue[name] for name in ("id", "key", "self", "fields")}

    def changelog(self, issue: Node) -> Node:
        """What changed: Cloud says it newest first."""
        entries = issue["history"][::-1] if self.is_cloud else issue["history"]
        return {
            "startAt": 0,
            "maxResults": len(entries),
            "total": len(entries),
            "histories": [
                {
                    **entry,
                    "items": [_item(each, self.is_cloud) for each in entry["items"]],
                }
                for entry in entries
            ],
        }

    def webhook(self, issue: Node, kind: str = "jira:issue_updated") -> Node:
        """What Jira sends of the last change."""
        sent = int((datetime.fromisoformat(issue["fields"]["updated"])).timestamp() * 1_000) + 40
        body = {"timestamp": sent, "webhookEvent": kind, "issue": deepcopy(self.shown(issue))}
        if kind == "jira:issue_updated":
            last = issue["history"][-1]
            items = [_item(each, self.is_cloud) for each in last["items"]]
            body["changelog"] = {"id": last["id"], "items": items}
        return body

    def meta(self) -> list[Node]:
        """The fields that can be set."""
        allowed = {"allowedValues": [{"name": each} for each in self.priorities]}
        return [
            {**_meta(each), **(allowed if each == "priority" else {})}
            for each in sorted(self.screen)
        ]

    def _refuse_unknown(self, fields: Node) -> None:
        for name, value in fields.items():
            if name not in self.screen:
                raise Refused(name)
            if name == "description" and isinstance(value, dict) is not self.is_cloud:
                raise Refused(name)
            if name == "priority" and value["name"] not in self.priorities:
                raise Refused(name)
            if name == "labels" and any(" " in each or len(each) > 255 for each in value):
                raise Refused(name)
            if name == "assignee" and value and self._who(value) is None:
                raise Refused(name)

    def _who(self, value: Node) -> Node | None:
        wanted = value.get("accountId" if self.is_cloud else "name")
        return next((each for each in self.people if each["id"] == wanted), None)

    def _kept(self, fields: Node) -> Node:
        kept = {name: each for name, each in fields.items() if name not in _GIVEN}
        if kept.get("assignee"):
            who = self._who(kept["assignee"])
            assert who is not None
            kept["assignee"] = self.person(who)
        return kept

    def _set(self, issue: Node, fields: Node) -> None:
        at = self.tick()
        changed = [name for name, each in fields.items() if issue["fields"].get(name) != each]
        issue["fields"] = {**issue["fields"], **fields, "updated": at}
        number = str(100 + len(issue["history"]))
        items = [{"field": each, "fieldtype": "jira"} for each in changed]
        entry = {"id": number, "created": self.now.isoformat(), "items": items}
        issue["history"].append(entry)
        self._changed()

    def _changed(self) -> None:
        if not self.lags:
            self.index()


_GIVEN = {"project", "issuetype"}


def shown_status(name: str) -> Node:
    """A status with its category."""
    return {"name": name, "statusCategory": {"key": CATEGORIES[name]}}


def written(moment: datetime) -> str:
    """A time as Jira writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1_000:03}+0000"


def _item(item: Node, is_cloud: bool) -> Node:
    return {**item, "fieldId": item["field"]} if is_cloud else item


def _meta(name: str, required: bool = False) -> Node:
    return {
        "key": name,
        "name": name.capitalize(),
        "required": required,
        "operations": ["set"],
        "schema": {"type": "string"},
    }
