"""The form in which observations are kept: plain JSON values, each with its kind."""

from collections.abc import Callable, Mapping, Sequence
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

    def __init__(self, problem: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(f"{'.'.join(path)}: {problem}" if path else problem)
        self._problem, self._path = problem, path

    def within(self, name: str) -> "UnreadableError":
        """The same, of a value that stands in the field of this name."""
        return UnreadableError(self._problem, (name, *self._path))


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
    kind = row.get("kind")
    cls: Any = _CLASS_OF_KIND.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise UnreadableError(f"unknown: {kind!r}", ("kind",))
    observation: Observation = _reader(cls)(row)
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


_Reader: TypeAlias = Callable[[Any], Any]
"""Reads one JSON value. Made once for each type, for a state is folded of many observations."""


@cache
def _reader(hint: Any) -> _Reader:
    """Reads a value of the type a field is annotated with: the types used above, and no others."""
    if get_origin(hint) is UnionType:
        (inner,) = (arm for arm in get_args(hint) if arm is not NoneType)
        return _or_none(_reader(inner))
    if get_origin(hint) is tuple:
        return _all(_reader(get_args(hint)[0]))
    if is_dataclass(hint):
        return _object(hint)
    if hint is datetime:
        return _moment
    if hint is date:
        return _day
    if issubclass(hint, StrEnum):
        return _member(hint)
    return _exactly(hint)


def _object(cls: Any) -> _Reader:
    types = get_type_hints(cls)
    parts = [
        (each.name, _reader(types[each.name]), each.default is MISSING) for each in fields(cls)
    ]

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise UnreadableError("not an object")
        values = {}
        for name, read_part, needed in parts:
            if name in value:
                try:
                    values[name] = read_part(value[name])
                except UnreadableError as error:
                    raise error.within(name) from None
            elif needed:
                raise UnreadableError("missing", (name,))
        return cls(**values)

    return read


def _or_none(read: _Reader) -> _Reader:
    return lambda value: None if value is None else read(value)


def _all(read: _Reader) -> _Reader:
    return lambda value: tuple(map(read, _list(value)))


def _exactly(cls: type) -> _Reader:
    def read(value: Any) -> Any:
        # Exact, for a bool is an int to isinstance.
        if type(value) is not cls:
            raise UnreadableError(f"not of type {cls.__name__}")
        return value

    return read


_text, _list = _exactly(str), _exactly(list)


def _member(enum: type[StrEnum]) -> _Reader:
    def read(value: Any) -> StrEnum:
        text = _text(value)
        try:
            return enum(text)
        except ValueError:
            raise UnreadableError(f"unknown: {text!r}") from None

    return read


def _moment(value: Any) -> datetime:
    text = _text(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableError(f"not a time: {text!r}") from None
    if moment.tzinfo is None:
        raise UnreadableError("a time without a zone")
    return moment.astimezone(UTC)


def _day(value: Any) -> date:
    text = _text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableError(f"not a day: {text!r}") from None
