"""What an integration is to its host: a manifest, and the powers it has.

Standard library only, so that an integration can be written, tested and shipped without the
server. The host finds integrations by the entry point group `whychain.integrations`; each entry
point names an object that satisfies `Integration`. Powers are small Protocols; an integration
has a power when its object satisfies that Protocol.
"""

from integrations.contract.acting import (
    Assignee,
    DeploymentNews,
    KeepsTickets,
    Post,
    PostsMessages,
    ResolvesPages,
    TellsDeployments,
    TicketChange,
    TicketDraft,
)
from integrations.contract.asking import (
    Authorises,
    Credential,
    Denied,
    Http,
    Missing,
    Rejected,
    Reply,
    Unwell,
)
from integrations.contract.manifest import (
    ENTRY_POINT_GROUP,
    Connection,
    Integration,
    Manifest,
    Need,
    PersonalData,
    RatePolicy,
    Role,
    Secret,
    Setting,
    SettingKind,
    WebhookPolicy,
)
from integrations.contract.reading import Backfills, Batch, Checks, Finding, Polls, Unreadable
from integrations.contract.webhooks import (
    ENVELOPE_LIMIT,
    AnswersChallenges,
    BadSignature,
    Delivery,
    Envelope,
    Headers,
    Malformed,
    ReceivesWebhooks,
)

__all__ = [
    "ENTRY_POINT_GROUP",
    "ENVELOPE_LIMIT",
    "AnswersChallenges",
    "Assignee",
    "Authorises",
    "Backfills",
    "BadSignature",
    "Batch",
    "Checks",
    "Connection",
    "Credential",
    "Delivery",
    "Denied",
    "DeploymentNews",
    "Envelope",
    "Finding",
    "Headers",
    "Http",
    "Integration",
    "KeepsTickets",
    "Malformed",
    "Manifest",
    "Missing",
    "Need",
    "PersonalData",
    "Polls",
    "Post",
    "PostsMessages",
    "RatePolicy",
    "ReceivesWebhooks",
    "Rejected",
    "Reply",
    "ResolvesPages",
    "Role",
    "Secret",
    "Setting",
    "SettingKind",
    "TellsDeployments",
    "TicketChange",
    "TicketDraft",
    "Unreadable",
    "Unwell",
    "WebhookPolicy",
]
