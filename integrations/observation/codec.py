"""The form in which observations are kept: plain JSON values, each with its kind."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from integrations.observation.catalog import PersonObserved, ServiceObserved, TeamObserved
from integrations.observation.changes import DeploymentObserved, PullRequestObserved, PushObserved
from integrations.observation.messages import ChannelObserved, MessageObserved
from integrations.observation.pages import PageObserved
from integrations.observation.tickets import TicketObserved

Observation: TypeAlias = (
    DeploymentObserved
    | PullRequestObserved
    | PushObserved
    | PageObserved
    | TicketObserved
    | MessageObserved
    | ChannelObserved
    | PersonObserved
    | TeamObserved
    | ServiceObserved
)
Observations: TypeAlias = Sequence[Observation]

_CLASS_OF_KIND: dict[str, type[Observation]] = {
    "deployment": DeploymentObserved,
    "pull_request": PullRequestObserved,
    "push": PushObserved,
    "page": PageObserved,
    "ticket": TicketObserved,
    "message": MessageObserved,
    "channel": ChannelObserved,
    "person": PersonObserved,
    "team": TeamObserved,
    "service": ServiceObserved,
}
_KIND_OF_CLASS = {cls: kind for kind, cls in _CLASS_OF_KIND.items()}


class UnreadableError(ValueError):
    """A JSON value that is no observation, or one of a kind this version does not know."""


def to_json(observation: Observation) -> dict[str, Any]:
    """The observation as plain JSON values, its kind under `kind`, its times in RFC 3339, UTC.

    Raises:
        ValueError: a time is not aware.
    """
    return {"kind": _KIND_OF_CLASS[type(observation)], **_written(observation)}


def from_json(row: Mapping[str, Any]) -> Observation:
    """The observation that `to_json` wrote. Keys it does not know are ignored, so that rows of a
    newer version can be read; keys that are missing take the field's default.

    Raises:
        UnreadableError: the kind is unknown, or a field is missing or of another type.
    """
    cls = _CLASS_OF_KIND.get(_typed(str, row.get("kind"), "kind"))
    if cls is None:
        raise UnreadableError(f"kind: unknown: {row['kind']!r}")
    observation: Observation = _built(cls, row, "")
    return observation


def _written(value: Any) -> Any:
    match value:
        case datetime():
            if value.tzinfo is None:
                raise ValueError("a time without a zone says no moment")
            return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple():
            return [_written(item) for item in value]
        case _ if is_dataclass(value):
            return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


@cache
def _types_of(cls: type) -> Mapping[str, Any]:
    return get_type_hints(cls)


def _built(cls: Any, row: Any, path: str) -> Any:
    if not isinstance(row, Mapping):
        raise UnreadableError(f"{path}: not an object")
    values = {}
    for field in fields(cls):
        where = f"{path}.{field.name}" if path else field.name
        if field.name in row:
            values[field.name] = _read(_types_of(cls)[field.name], row[field.name], where)
        elif field.default is MISSING:
            raise UnreadableError(f"{where}: missing")
    return cls(**values)


def _read(hint: Any, value: Any, path: str) -> Any:
    """`value` as the type a field is annotated with: the types used above, and no others."""
    if get_origin(hint) is UnionType:
        (inner,) = (arm for arm in get_args(hint) if arm is not NoneType)
        return None if value is None else _read(inner, value, path)
    if get_origin(hint) is tuple:
        items = _typed(list, value, path)
        return tuple(_read(get_args(hint)[0], item, path) for item in items)
    if is_dataclass(hint):
        return _built(hint, value, path)
    if hint is datetime:
        return _moment(_typed(str, value, path), path)
    if hint is date:
        return _day(_typed(str, value, path), path)
    if issubclass(hint, StrEnum):
        return _member(hint, _typed(str, value, path), path)
    return _typed(hint, value, path)


def _typed(cls: type, value: Any, path: str) -> Any:
    # Exact, for a bool is an int to isinstance.
    if type(value) is not cls:
        raise UnreadableError(f"{path}: not of type {cls.__name__}")
    return value


def _member(enum: type[StrEnum], value: str, path: str) -> StrEnum:
    try:
        return enum(value)
    except ValueError:
        raise UnreadableError(f"{path}: unknown: {value!r}") from None


def _moment(value: str, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise UnreadableError(f"{path}: not a time: {value!r}") from None
    if moment.tzinfo is None:
        raise UnreadableError(f"{path}: a time without a zone")
    return moment.astimezone(UTC)


def _day(value: str, path: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UnreadableError(f"{path}: not a day: {value!r}") from None
