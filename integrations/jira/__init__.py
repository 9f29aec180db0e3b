"""Jira: a ticket for each action item, on Cloud and on Data Center."""

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
    TicketChange,
    TicketDraft,
    WebhookPolicy,
)
from integrations.jira import act, check, poll, translate, webhook
from integrations.jira.account import account_for, account_of
from integrations.jira.ask import JiraApi, credential
from integrations.observation import Observations, TicketObserved
from integrations.payload import digest_of, read_object

__all__ = ["plugin"]


SETTINGS = (
    Setting(
        "edition",
        SettingKind.TEXT,
        '"cloud", which is the usual one, or "data-center".',
    ),
    Setting(
        "email",
        SettingKind.TEXT,
        "On Cloud, the address of the account that the token is of.",
    ),
    Setting(
        "token",
        SettingKind.SECRET,
        "On Cloud an API token, from id.atlassian.com → Security; on Data Center a personal "
        "access token, from the account's profile.",
        required=True,
    ),
    Setting(
        "project",
        SettingKind.TEXT,
        'The key of the project for tickets of teams that have none of their own: "OPS".',
    ),
    Setting(
        "projects",
        SettingKind.TABLE,
        'By the slug of a team, the key of its project: {payments = "PAY"}.',
    ),
    Setting("issue_type", SettingKind.TEXT, 'What is created; "Task" by default.'),
    Setting(
        "priorities",
        SettingKind.TABLE,
        'What a priority is called there: {P0 = "Blocker"}; Highest, High, Medium, Low by default.',
    ),
    Setting(
        "statuses",
        SettingKind.TABLE,
        "The statuses that stand for a state, where their category says too little: "
        '{DROPPED = ["Cancelled"]}; OPEN, IN_PROGRESS, DONE, DROPPED.',
    ),
    Setting(
        "dropped_resolutions",
        SettingKind.TEXTS,
        'The resolutions that say it was not done; "Won\'t Do" and its like by default.',
    ),
)


@dataclass(frozen=True, slots=True)
class Jira:
    """The integration with Jira: its manifest, and its powers."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.SIGNATURE.verify(headers, body, secrets)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return webhook.opened(headers, body)

    def parse(self, delivery: Delivery) -> Observations:
        payload = read_object(delivery.body)
        account = account_for(translate.address_of(payload), delivery.connections)
        return translate.observations(delivery.event, payload, digest_of(delivery.body), account)

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        return credential(connection)

    def keeps(self, connection: Connection, team: str | None) -> bool:
        return account_of(connection).project_of(team) is not None

    async def create_ticket(
        self, connection: Connection, http: Http, draft: TicketDraft
    ) -> TicketObserved:
        return await act.create(_api(connection, http), draft)

    async def update_ticket(
        self, connection: Connection, http: Http, external_id: str, change: TicketChange
    ) -> TicketObserved:
        return await act.update(_api(connection, http), external_id, change)

    async def read_ticket(
        self, connection: Connection, http: Http, external_id: str
    ) -> TicketObserved:
        return await act.read(_api(connection, http), external_id)

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        return await poll.poll(_api(connection, http), cursor)

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        return await poll.backfill(_api(connection, http), since, cursor)

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        return await check.check(_api(connection, http), connection)


def _api(connection: Connection, http: Http) -> JiraApi:
    return JiraApi(account_of(connection), http)


plugin = Jira(
    Manifest(
        name="jira",
        title="Jira",
        roles=frozenset({Role.TICKETS}),
        webhook=WebhookPolicy(
            "WHYCHAIN_JIRA_WEBHOOK_SECRET",
            max_body_bytes=webhook.MAX_BODY_BYTES,
        ),
        settings=SETTINGS,
        needs=check.NEEDS,
        rate=RatePolicy(requests=300, per_seconds=60),
        personal_data=frozenset({PersonalData.NAMES, PersonalData.EMAILS, PersonalData.HANDLES}),
    )
)
