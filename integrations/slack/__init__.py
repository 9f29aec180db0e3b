"""Slack: what is said while an incident runs, and where people are told something."""

import time
from collections.abc import Callable, Sequence
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
    Post,
    RatePolicy,
    Role,
    Secret,
    WebhookPolicy,
)
from integrations.observation import Observations
from integrations.payload import read_object
from integrations.slack import act, check, poll, translate, webhook
from integrations.slack.ask import SlackApi
from integrations.slack.settings import SETTINGS

__all__ = ["plugin"]


@dataclass(frozen=True, slots=True)
class Slack:
    """The integration with Slack: its manifest, and its powers. `clock` tells seconds since 1970,
    for what Slack signed is good for some minutes."""

    manifest: Manifest
    clock: Callable[[], float] = time.time

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        webhook.verify(headers, body, secrets, self.clock())

    def challenge(self, headers: Headers, body: bytes) -> str | None:
        return webhook.challenge(body)

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return webhook.opened(body)

    def parse(self, delivery: Delivery) -> Observations:
        payload = read_object(delivery.body)
        return translate.observations(delivery.event, payload, delivery.connections)

    async def authorise(self, connection: Connection, http: Http) -> Credential:
        token = connection.secrets["token"].value
        return Credential({"authorization": Secret(f"Bearer {token}")})

    async def poll(self, connection: Connection, http: Http, cursor: str | None) -> Batch:
        return await poll.poll(connection, http, cursor, self.clock())

    async def backfill(
        self, connection: Connection, http: Http, since: datetime, cursor: str | None
    ) -> Batch:
        return await poll.backfill(connection, http, since, cursor, self.clock())

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        return await check.check(connection, http)

    def reaches(self, connection: Connection, post: Post) -> bool:
        return act.target_of(connection, post) is not None

    async def post_message(
        self, connection: Connection, http: Http, post: Post, *, again: bool
    ) -> None:
        await act.post_message(connection, SlackApi(http), post, again=again)


plugin = Slack(
    Manifest(
        name="slack",
        title="Slack",
        roles=frozenset({Role.MESSAGES}),
        webhook=WebhookPolicy(
            "WHYCHAIN_SLACK_SIGNING_SECRET",
            max_body_bytes=webhook.MAX_BODY_BYTES,
            malformed_status=webhook.MALFORMED_STATUS,
        ),
        base_url="https://slack.com/api",
        settings=SETTINGS,
        needs=check.NEEDS,
        rate=RatePolicy(requests=50, per_seconds=60),
        personal_data=frozenset(PersonalData),
    )
)
