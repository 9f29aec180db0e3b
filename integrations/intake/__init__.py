"""The intake: deployments that any pipeline tells of, in one of three dialects."""

from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.contract import (
    Delivery,
    Envelope,
    Headers,
    Manifest,
    PersonalData,
    ReceivesWebhooks,
    Role,
    Secret,
    WebhookPolicy,
)
from integrations.intake import translate, webhook
from integrations.observation import Observations
from integrations.payload import digest_of, read_object

__all__ = ["plugin"]

_ANY_TIME = datetime(2999, 12, 31, tzinfo=UTC)
"""Stands for when a delivery came, where only its mistakes are looked for."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The integration with whatever can post JSON: its manifest, and the power to take it."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.TOKEN.verify(headers, secrets)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        """Reads all of it: whoever writes such a body by hand wants to be told what is wrong."""
        envelope = webhook.opened(headers, body)
        _seen(envelope.event, body, _ANY_TIME)
        return envelope

    def parse(self, delivery: Delivery) -> Observations:
        return _seen(delivery.event, delivery.body, delivery.received_at)


def _seen(event: str, body: bytes, received_at: datetime | None) -> Observations:
    return translate.observations(event, read_object(body), digest_of(body), received_at)


plugin: ReceivesWebhooks = Intake(
    Manifest(
        name="intake",
        title="Intake",
        roles=frozenset({Role.DEPLOYMENTS}),
        webhook=WebhookPolicy("WHYCHAIN_INTAKE_TOKEN", max_body_bytes=webhook.MAX_BODY_BYTES),
        personal_data=frozenset({PersonalData.NAMES, PersonalData.EMAILS, PersonalData.HANDLES}),
    )
)
