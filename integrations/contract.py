"""What an integration is to its host: a manifest, and the powers it has.

Standard library only, so that an integration can be written, tested and shipped without the
server. The host finds integrations by the entry point group `whychain.integrations`; each entry
point names an object that satisfies `Integration`. Powers are small Protocols; an integration
has a power when its object satisfies that Protocol.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

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


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an integration says of itself before it runs."""

    name: str
    title: str
    roles: frozenset[Role]
    webhook: WebhookPolicy | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came in. `event` is the vendor's name for its kind."""

    event: str
    body: bytes


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
        """Return if one of `secrets` signed `body`. An empty secret signs nothing.

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
