"""What an integration is to its host: a manifest, and the powers it has.

Standard library only, so that an integration can be written, tested and shipped without the
server. The host finds integrations by the entry point group `whychain.integrations`; each entry
point names an object that satisfies `Integration`. Powers are small Protocols; an integration
has a power when its object satisfies that Protocol.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, runtime_checkable

from integrations.observation import Observations

Headers: TypeAlias = Mapping[bytes, tuple[bytes, ...]]
"""Header values by lower-case name, as raw bytes.

Several values, or bytes that are not ASCII, are for the integration to refuse.
"""

ENTRY_POINT_GROUP = "whychain.integrations"
ENVELOPE_LIMIT = 200


class Role(StrEnum):
    """What an integration brings into a post-mortem."""

    DEPLOYMENTS = "DEPLOYMENTS"
    CHANGES = "CHANGES"
    PAGES = "PAGES"
    TICKETS = "TICKETS"
    MESSAGES = "MESSAGES"


@dataclass(frozen=True, slots=True)
class Secret:
    """A value the host must never log: its repr hides it."""

    value: str

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True)
class WebhookPolicy:
    """How the host receives this vendor's webhooks.

    `secret_setting` is the environment variable that holds the signing secret; several secrets,
    separated by commas, are all accepted while one rotates. `max_body_bytes` bounds a body
    before it is read. `malformed_status` answers a signed body that cannot be read: 422, or 202
    where the vendor disables a subscription that is refused.
    """

    secret_setting: str
    max_body_bytes: int
    malformed_status: int = 422


class SettingKind(StrEnum):
    """What the value of a connection's setting is."""

    TEXT = "TEXT"
    SECRET = "SECRET"  # noqa: S105  # the word, not one
    NUMBER = "NUMBER"
    SWITCH = "SWITCH"
    TEXTS = "TEXTS"
    TABLE = "TABLE"


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that an operator says of a connection. A secret comes from elsewhere than the file.

    `about` is what `doctor` tells who has to find the value.
    """

    name: str
    kind: SettingKind
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A right at the vendor, in the vendor's words, and what it is needed for."""

    scope: str
    why: str


class PersonalData(StrEnum):
    """A kind of personal data that an integration brings in."""

    NAMES = "NAMES"
    EMAILS = "EMAILS"
    HANDLES = "HANDLES"
    MESSAGES = "MESSAGES"


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """How much one credential may ask for, and how often it looks for news."""

    requests: int
    per_seconds: float
    poll_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an integration says of itself before it runs.

    `base_url` is the vendor's own; a connection may name another (GitHub Enterprise, PagerDuty in
    the EU, a test). `needs` are the rights that its powers take, each checked by `check`.
    """

    name: str
    title: str
    roles: frozenset[Role]
    webhook: WebhookPolicy | None = None
    base_url: str | None = None
    settings: tuple[Setting, ...] = ()
    needs: tuple[Need, ...] = ()
    rate: RatePolicy | None = None
    personal_data: frozenset[PersonalData] = frozenset()


@dataclass(frozen=True, slots=True)
class Connection:
    """One account at a vendor, as an operator configured it. `base_url` has no slash at its end."""

    integration: str
    name: str
    base_url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came in. `event` is the vendor's name for its kind.

    `received_at` is when (aware), for senders that do not tell when it happened; the host always
    knows it.

    `connections` are all that the operator configured for this vendor: where a setting decides
    what an event means, the integration looks in the body for the one that it concerns.
    """

    event: str
    body: bytes
    received_at: datetime | None = None
    connections: tuple[Connection, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the host needs to keep a delivery: the key it is deduplicated by, and its kind.

    Both are printable ASCII of 1 to `ENVELOPE_LIMIT` characters, so they can be stored, indexed
    and logged as they are.
    """

    key: str
    event: str


class BadSignature(Exception):
    """The body is not signed by the vendor. Its message may go to the sender."""


class Malformed(Exception):
    """The body is signed, but cannot be what the vendor sends. Its message may go to the sender."""


class Integration(Protocol):
    """Anything with a manifest."""

    @property
    def manifest(self) -> Manifest: ...


@runtime_checkable
class ReceivesWebhooks(Protocol):
    """The power to take webhooks. All three are pure: bytes in, values out."""

    @property
    def manifest(self) -> Manifest: ...

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        """Return if one of `secrets` signed `body`, or is the token that came along with it. An
        empty secret vouches for nothing.

        Raises:
            BadSignature: it is missing, doubled, not ASCII, of another shape, or wrong.
        """
        ...

    def open(self, headers: Headers, body: bytes) -> Envelope:
        """Read just enough of a verified delivery to keep it.

        Raises:
            Malformed: the body is not JSON of the vendor's outer shape, or has no kind.
        """
        ...

    def parse(self, delivery: Delivery) -> Observations:
        """Translate a kept delivery; an unknown or irrelevant event is an empty sequence.

        Every text in the result can be stored by PostgreSQL: no NUL, no lone surrogate.

        Raises:
            Malformed: a field that is needed is missing or of another type.
        """
        ...


# ── asking the vendor ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reply:
    """A vendor's answer with a status below 400; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON.

        Raises:
            Malformed: it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise Malformed("The vendor's answer is not JSON.") from None


class Denied(Exception):
    """401 or 403: the credential is wrong or lacks a right. Asking again changes nothing."""


class Missing(Exception):
    """404 or 410: what was asked for is not there, or not for this credential."""


class Rejected(Exception):
    """Any other 4xx: the vendor does not accept the request. Its message names the status."""


class Unwell(Exception):
    """The vendor answered 5xx, too slowly, or not at all, however often the host tried.

    `again_in` is how many seconds it wants to be left alone, where it said so.
    """

    def __init__(self, message: str = "", again_in: float | None = None) -> None:
        super().__init__(message)
        self.again_in = again_in


class Http(Protocol):
    """The client that the host gives an integration for one connection.

    It keeps to the connection's origin, bounds bodies and time, waits as the vendor tells it to
    (429, secondary limits, every form of Retry-After), tries again what may be tried again, and
    asks with the ETag that it has. All raise `Denied`, `Missing`, `Rejected` and `Unwell`.
    """

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask for what is at a path of the connection's base URL."""
        ...

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send JSON. It is tried again only where that cannot do anything twice."""
        ...

    def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        """Follow `Link: rel="next"`, as far as it stays at the connection's origin.

        Raises:
            Rejected: it leads elsewhere; the credential is not sent there.
        """
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """Headers that carry a connection's rights; `until` is when they end (aware), if they do."""

    headers: Mapping[str, Secret]
    until: datetime | None = None


@runtime_checkable
class Authorises(Protocol):
    """The power to put a connection's credential on its requests, so that no other power has to.

    The host keeps what it gives, and asks anew shortly before it ends and where the vendor
    answers 401.
    """

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        """The headers of every request from now on. `http` sends none of them."""
        ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read: it is parked under its key, and does not stop the rest.

    `reason` is in our words; `event` and `body` are what `parse` would be given for it.
    """

    key: str
    event: str
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What was found, kept in one transaction with the cursor where it goes on.

    `more` says that there is more now; `progress` is how much of a backfill is done, 0 to 1.
    """

    observations: Observations
    cursor: str
    more: bool = False
    unreadable: Sequence[Unreadable] = ()
    progress: float | None = None


@runtime_checkable
class Polls(Protocol):
    """The power to look for news."""

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        """What is new after a cursor that an earlier batch gave; None before the first."""
        ...


@runtime_checkable
class Backfills(Protocol):
    """The power to read the past. It may be broken off after any batch, and go on from there."""

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        """What happened since then, from a cursor on; the first time it is None."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a connection has what it needs, and, if not, what to click."""

    subject: str
    good: bool
    advice: str = ""


@runtime_checkable
class Checks(Protocol):
    """The power to say what is wrong with a connection."""

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        """One finding for each right that the manifest needs; it changes nothing."""
        ...
