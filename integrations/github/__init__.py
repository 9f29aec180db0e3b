"""GitHub: deployments, and the changes that are in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.contract import (
    Batch,
    Connection,
    Credential,
    Delivery,
    Envelope,
    Finding,
    Headers,
    Http,
    Manifest,
    PersonalData,
    RatePolicy,
    Role,
    Secret,
    Setting,
    SettingKind,
    WebhookPolicy,
)
from integrations.github import app, check, nodes, poll, translate, webhook
from integrations.github.production import production_of
from integrations.observation import Observations
from integrations.payload import digest_of

__all__ = ["plugin"]


SETTINGS = (
    Setting(
        "token",
        SettingKind.SECRET,
        "A fine-grained or classic personal access token; not needed with a GitHub App.",
    ),
    Setting("app", SettingKind.TEXT, "The client id of a GitHub App, from its settings."),
    Setting(
        "installation",
        SettingKind.NUMBER,
        "The App's installation: the number at the end of the address where it is configured.",
    ),
    Setting(
        "app_key",
        SettingKind.SECRET,
        "The App's private key, the PEM file that Generate a private key gives.",
    ),
    Setting(
        "repositories",
        SettingKind.TEXTS,
        'The repositories to read: ["acme/shop"]. About 60 for each connection: its rates.',
        required=True,
    ),
    Setting(
        "production",
        SettingKind.TABLE,
        "By repository, what a deployment to production is where GitHub's deployments do not say "
        'it: {environment = "live"}, {workflow = "deploy.yml"} or {releases = true}.',
    ),
    Setting(
        "webhooks",
        SettingKind.TEXTS,
        "Webhooks whose failed deliveries are asked for again, by the path that their settings "
        'have: ["repos/acme/shop/hooks/42", "orgs/acme/hooks/7"], '
        'and "app/hook" of a GitHub App.',
    ),
)


@dataclass(frozen=True, slots=True)
class GitHub:
    """The integration with GitHub: its manifest, and its powers."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.SIGNATURE.verify(headers, body, secrets)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return webhook.opened(headers, body)

    def parse(self, delivery: Delivery) -> Observations:
        payload = webhook.payload(delivery.body)
        if delivery.event.endswith(nodes.SUFFIX):
            return nodes.kept(delivery.event, payload, delivery.connections)
        production = production_of(translate.repository_of(payload), delivery.connections)
        return translate.observations(delivery.event, payload, digest_of(delivery.body), production)

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        return await app.credential(connection, http, datetime.now(UTC))

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        return await poll.poll(connection, http, cursor)

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        return await poll.backfill(connection, http, since, cursor)

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        return await check.check(connection, http)


plugin = GitHub(
    Manifest(
        name="github",
        title="GitHub",
        roles=frozenset({Role.DEPLOYMENTS, Role.CHANGES}),
        webhook=WebhookPolicy(
            "WHYCHAIN_GITHUB_WEBHOOK_SECRET",
            max_body_bytes=webhook.MAX_BODY_BYTES,
        ),
        base_url="https://api.github.com",
        settings=SETTINGS,
        needs=check.NEEDS,
        rate=RatePolicy(requests=5_000, per_seconds=3_600),
        personal_data=frozenset({PersonalData.HANDLES}),
    )
)
