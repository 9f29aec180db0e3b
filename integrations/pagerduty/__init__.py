"""PagerDuty: who was paged for what, and what became of it (v3 webhook subscriptions)."""

from dataclasses import dataclass

from integrations.contract import (
    Delivery,
    Envelope,
    Headers,
    Manifest,
    ReceivesWebhooks,
    Role,
    Secret,
    WebhookPolicy,
)
from integrations.observation import Observations
from integrations.pagerduty import translate, webhook
from integrations.payload import digest_of

__all__ = ["plugin"]


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """The integration with PagerDuty: its manifest, and the power to take its webhooks."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.SIGNATURE.verify(headers, body, secrets)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return webhook.opened(headers, body)

    def parse(self, delivery: Delivery) -> Observations:
        event = webhook.event_of(delivery.body)
        return translate.observations(delivery.event, event, digest_of(delivery.body))


plugin: ReceivesWebhooks = PagerDuty(
    Manifest(
        name="pagerduty",
        title="PagerDuty",
        roles=frozenset({Role.PAGES}),
        webhook=WebhookPolicy(
            "WHYCHAIN_PAGERDUTY_WEBHOOK_SECRET",
            max_body_bytes=webhook.MAX_BODY_BYTES,
            malformed_status=webhook.MALFORMED_STATUS,
        ),
    )
)
