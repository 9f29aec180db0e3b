"""What of an issue can be set at all: projects differ in the fields that their screens have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.jira.ask import JiraApi
from integrations.payload import JsonObject, as_object

_VALUES_LIMIT = 500
_ALWAYS = frozenset({"project", "issuetype"})
_CHOSEN = "priority"
_WORDS = {"duedate": "Due on {}", _CHOSEN: "Priority {}"}
"""The fields that a reader must be told of where they cannot be set."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Fields by id, each with the names that it can be given, where they are listed."""

    fields: Mapping[str, frozenset[str] | None]

    def takes(self, name: str, value: Any) -> bool:
        """Whether a field can be set to a value."""
        if name in _ALWAYS:
            return True
        if name not in self.fields:
            return False
        allowed = self.fields[name]
        return name != _CHOSEN or allowed is None or value["name"] in allowed

    def fitting(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The values that can be set."""
        return {name: value for name, value in wanted.items() if self.takes(name, value)}


def untold(wanted: Mapping[str, Any], fitting: Mapping[str, Any]) -> list[str]:
    """What to say in words of values that cannot be set."""
    return [
        f"{words.format(_shown(wanted[name]))}: this project has no such field or value."
        for name, words in _WORDS.items()
        if name in wanted and name not in fitting
    ]


def screen_of(issue: JsonObject) -> Screen:
    """What can be changed of an issue."""
    meta = issue.object_or_none("editmeta")
    fields = meta.object_or_none("fields") if meta else None
    listed = fields.fields.items() if fields else ()
    return _screen((name, as_object(each, name)) for name, each in listed)


async def screen_for_new(api: JiraApi, project: str, issue_type: str) -> Screen | None:
    """What can be set when an issue is created; None where there is no such type."""
    types: Sequence[JsonObject] = await api.types(project)
    wanted = issue_type.casefold()
    ids = [each.identity("id") for each in types if each.identity("name").casefold() == wanted]
    if not ids:
        return None
    fields = await api.screen(project, ids[0])
    return _screen((_id(each), each) for each in fields)


def _id(field: JsonObject) -> str:
    return field.identity_or_none("fieldId") or field.identity("key")


def _screen(fields: Iterable[tuple[str, JsonObject]]) -> Screen:
    return Screen({name: _allowed(each) if name == _CHOSEN else None for name, each in fields})


def _allowed(field: JsonObject) -> frozenset[str] | None:
    if not field.has("allowedValues"):
        return None
    values = field.objects("allowedValues", _VALUES_LIMIT)
    return frozenset(each.identity("name") for each in values)


def _shown(value: Any) -> str:
    return str(value["name"] if isinstance(value, dict) else value)
