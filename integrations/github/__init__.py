"""GitHub: deployments, and the changes that are in them."""

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
from integrations.github import translate, webhook
from integrations.observation import Observations
from integrations.payload import digest_of

__all__ = ["plugin"]


@dataclass(frozen=True, slots=True)
class GitHub:
    """The integration with GitHub: its manifest, and the power to take its webhooks."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.SIGNATURE.verify(headers, body, secrets)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return webhook.opened(headers, body)

    def parse(self, delivery: Delivery) -> Observations:
        payload = webhook.payload(delivery.body)
        return translate.observations(delivery.event, payload, digest_of(delivery.body))


plugin: ReceivesWebhooks = GitHub(
    Manifest(
        name="github",
        title="GitHub",
        roles=frozenset({Role.DEPLOYMENTS, Role.CHANGES}),
        webhook=WebhookPolicy(
            "WHYCHAIN_GITHUB_WEBHOOK_SECRET",
            max_body_bytes=webhook.MAX_BODY_BYTES,
        ),
    )
)
