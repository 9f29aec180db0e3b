"""PagerDuty: who was paged for what, and what became of it; its services, teams and users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
from integrations.observation import Observations
from integrations.pagerduty import act, check, poll, translate, webhook
from integrations.pagerduty.ask import PagerDutyApi
from integrations.pagerduty.kept import kept
from integrations.pagerduty.priorities import translated
from integrations.pagerduty.records import PREFIX
from integrations.payload import digest_of, read_object

__all__ = ["plugin"]


SETTINGS = (
    Setting(
        "token",
        SettingKind.SECRET,
        "An API access key, which may be read-only: PagerDuty → Integrations → API Access Keys.",
        required=True,
    ),
    Setting(
        "services",
        SettingKind.TEXTS,
        'The ids of the services whose incidents are read, ["PF9KMXH"]; all by default.',
    ),
    Setting(
        "priorities",
        SettingKind.TABLE,
        'What your priorities mean where they are not called P1 or SEV1: {"Critical" = "SEV1"}.',
    ),
    Setting(
        "resolve",
        SettingKind.SWITCH,
        "Whether an incident that is resolved here is resolved at PagerDuty, too.",
    ),
    Setting(
        "from",
        SettingKind.TEXT,
        "The e-mail address of the PagerDuty user in whose name incidents are resolved.",
    ),
)


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """The integration with PagerDuty: its manifest, and its powers."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.SIGNATURE.verify(headers, body, secrets)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return webhook.opened(headers, body)

    def parse(self, delivery: Delivery) -> Observations:
        if delivery.event.startswith(PREFIX):
            return kept(delivery.event, read_object(delivery.body), delivery.connections)
        event = webhook.event_of(delivery.body)
        told = translate.observations(delivery.event, event, digest_of(delivery.body))
        return tuple(translated(each, delivery.connections) for each in told)

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        token = connection.secrets["token"].value
        return Credential({"authorization": Secret(f"Token token={token}")})

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        return await poll.poll(PagerDutyApi(connection, http), cursor, poll.clock())

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        api = PagerDutyApi(connection, http)
        return await poll.backfill(api, since, cursor, poll.clock())

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        return await check.check(PagerDutyApi(connection, http))

    async def resolve_page(self, connection: Connection, http: Http, external_id: str) -> None:
        await act.resolve(PagerDutyApi(connection, http), external_id)


plugin = PagerDuty(
    Manifest(
        name="pagerduty",
        title="PagerDuty",
        roles=frozenset({Role.PAGES}),
        webhook=WebhookPolicy(
            "WHYCHAIN_PAGERDUTY_WEBHOOK_SECRET",
            max_body_bytes=webhook.MAX_BODY_BYTES,
            malformed_status=webhook.MALFORMED_STATUS,
        ),
        base_url="https://api.pagerduty.com",
        settings=SETTINGS,
        needs=check.NEEDS,
        rate=RatePolicy(requests=960, per_seconds=60),
        personal_data=frozenset({PersonalData.NAMES, PersonalData.EMAILS, PersonalData.MESSAGES}),
    )
)
