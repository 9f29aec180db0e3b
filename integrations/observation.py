"""The facts an integration reports, in the words of the post-mortem, not of the vendor.

An observation is immutable and says when its source says it happened. The host keeps every
observation and derives the state by folding them in the order of `Moment`, so deliveries that
arrive twice or shuffled end in the same state. `to_json` and `from_json` are the form in which
they are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Where an observation stands among all observations of its source.

    Ordered by the source's own time, then by the fixed rank of the event's kind (a creation
    before a change, a change before an end), then by a digest of the body (SHA-256, hex).
    `at` is aware.
    """

    at: datetime
    rank: int
    digest: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as one provider knows them. Never a bot, an organisation or a team."""

    provider: str
    external_id: str
    handle: str | None = None
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """A service as one provider knows it: PagerDuty's service id and its summary."""

    provider: str
    external_id: str
    name: str


class DeploymentState(StrEnum):
    """What a source says of a deployment. Anything finer is folded into these."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


@dataclass(frozen=True, slots=True)
class DeploymentObserved:
    """A deployment was asked for or changed its state.

    `pull_requests` are the numbers of those that its source says it brings.
    """

    moment: Moment
    external_id: str
    repository: str
    sha: str
    environment: str
    state: DeploymentState
    ref: str | None = None
    created_at: datetime | None = None
    deployer: PersonRef | None = None
    url: str | None = None
    pull_requests: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PullRequestObserved:
    """A pull request as it was at that moment. Sizes are lines.

    `depends_on` are the numbers of pull requests of the same repository that must be deployed
    first, in rising order; `reverts` is that of the one that it takes back. `merge_sha` is None
    until it is merged.
    """

    moment: Moment
    repository: str
    number: int
    title: str
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    author: PersonRef | None = None
    merged_by: PersonRef | None = None
    merged_at: datetime | None = None
    merge_sha: str | None = None
    url: str | None = None
    depends_on: tuple[int, ...] = ()
    reverts: int | None = None


@dataclass(frozen=True, slots=True)
class PushObserved:
    """Commits arrived on a branch: `before` was its head, `after` is, `commits` lie between.

    `ref` is the full one ("refs/heads/main"); `before` is all zeros where the branch is new.
    `commits` keep the source's order; of very many a source names only some (GitHub: 2,048),
    and none where the branch was moved back.
    """

    moment: Moment
    repository: str
    ref: str
    before: str
    after: str
    commits: tuple[str, ...]


class PageState(StrEnum):
    """Where the paging system sees the incident."""

    TRIGGERED = "TRIGGERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"


class PageEvent(StrEnum):
    """What happened to a page, in the words a timeline can use."""

    TRIGGERED = "TRIGGERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    UNACKNOWLEDGED = "UNACKNOWLEDGED"
    ASSIGNED = "ASSIGNED"
    ESCALATED = "ESCALATED"
    RESPONDER_ADDED = "RESPONDER_ADDED"
    PRIORITY_CHANGED = "PRIORITY_CHANGED"
    SERVICE_CHANGED = "SERVICE_CHANGED"
    STATUS_UPDATE = "STATUS_UPDATE"
    NOTE = "NOTE"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class PageObserved:
    """Something happened to an incident in a paging system.

    `external_id` names the incident there, `event_id` this event of it. Fields that the event
    does not carry are None: it says nothing about them. `text` is what a person or the source
    wrote in it; `detail` is a vendor's word for an event of kind OTHER. `priority` is the
    vendor's own label ("P1") and "" where the vendor says that there is none.
    """

    moment: Moment
    external_id: str
    event_id: str
    event: PageEvent
    title: str | None = None
    state: PageState | None = None
    priority: str | None = None
    created_at: datetime | None = None
    service: ServiceRef | None = None
    actor: PersonRef | None = None
    paged: tuple[PersonRef, ...] = ()
    text: str | None = None
    detail: str | None = None
    url: str | None = None


Observation: TypeAlias = DeploymentObserved | PullRequestObserved | PushObserved | PageObserved
Observations: TypeAlias = Sequence[Observation]

_CLASS_OF_KIND: dict[str, type[Observation]] = {
    "deployment": DeploymentObserved,
    "pull_request": PullRequestObserved,
    "push": PushObserved,
    "page": PageObserved,
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
