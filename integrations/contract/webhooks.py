"""The power to take a vendor's webhooks: bytes in, observations out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias, runtime_checkable

from integrations.contract.manifest import Connection, Manifest, Secret
from integrations.observation import Observations

Headers: TypeAlias = Mapping[bytes, tuple[bytes, ...]]
"""Header values by lower-case name, as raw bytes.

Several values, or bytes that are not ASCII, are for the integration to refuse.
"""

ENVELOPE_LIMIT = 200


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


@runtime_checkable
class AnswersChallenges(Protocol):
    """The power to answer a vendor that asks whether somebody listens before it sends anything."""

    def challenge(self, headers: Headers, body: bytes) -> str | None:
        """What a body that was verified wants to be answered with, as plain text; None for any
        other, which is then opened as a delivery."""
        ...
