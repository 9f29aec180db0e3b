"""What an integration says of itself before it runs, and what an operator says of an account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

ENTRY_POINT_GROUP = "whychain.integrations"
"""Under which the host finds integrations."""


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
    the EU, a test), and must where it is None, for each account has an address of its own. `needs`
    are the rights that its powers take, each checked by `check`.
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


class Integration(Protocol):
    """Anything with a manifest."""

    @property
    def manifest(self) -> Manifest: ...
