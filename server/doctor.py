"""The examination behind `whychain doctor`: what is well, and what to mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from integrations.contract import Checks, Connection, Integration, WebhookPolicy
from server import language_rules
from server.app import database_at
from server.connections import Connections, ConnectionsError, load
from server.domain.delivery import DeliveryState
from server.errors import CodedError
from server.jobs.look import failure_of
from server.outbound.clients import Clients
from server.settings import Settings
from server.store.database import Database
from server.store.delivery import counts
from server.store.embedded import EmbeddedPostgresError
from server.store.migrate import at_head
from server.vendors import found_integrations, secrets_of

CHECK_SECONDS = 120
"""How long the check of one connection may take, with all that its client waits for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. An optional one that is not well is no fault."""

    what: str
    well: bool
    found: str
    advice: str | None = None
    optional: bool = False


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; never raises for what it finds."""
    integrations = found_integrations()
    connections, findings = _configured(settings, integrations)
    secrets = secrets_of(settings, integrations, connections)
    findings += [
        _webhooks(integration.manifest.title, integration.manifest.webhook, bool(secrets[name]))
        for name, integration in sorted(integrations.items())
        if integration.manifest.webhook
    ]
    async with Clients.open() as clients:
        for each in connections.all:
            findings += await _connection(integrations[each.integration], each, clients)
    return [*findings, *[finding async for finding in _database(settings)]]


def _configured(
    settings: Settings, integrations: Mapping[str, Integration]
) -> tuple[Connections, list[Finding]]:
    connections, findings = Connections(), []
    try:
        connections = load(settings.config, integrations)
    except ConnectionsError as wrong:
        findings += [Finding("the connections", False, line) for line in str(wrong).splitlines()]
    else:
        findings += _language(settings)
    return connections, findings


def _language(settings: Settings) -> list[Finding]:
    try:
        language_rules.load(settings.config)
    except ConnectionsError as wrong:
        lines = str(wrong).splitlines()
        return [Finding("the rules of language", False, line) for line in lines]
    return []


def _webhooks(title: str, policy: WebhookPolicy, is_set: bool) -> Finding:
    return Finding(
        what=f"webhooks of {title}",
        well=is_set,
        found="secret set" if is_set else "no secret",
        advice=f"Set {policy.secret_setting}, the same here and there.",
        optional=True,
    )


async def _connection(
    integration: Integration, connection: Connection, clients: Clients
) -> list[Finding]:
    """What a connection has and lacks, finding by finding."""
    what = f"{integration.manifest.title}, connection {connection.name}"
    if not isinstance(integration, Checks):
        return [Finding(what, True, "set up; its integration cannot check it")]
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            found = await integration.check(connection, clients.of(integration, connection))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is found
        failure = failure_of(error)
        needs = [f"{need.scope} ({need.why})" for need in integration.manifest.needs]
        advice = f"Its credential needs: {', '.join(needs)}." if needs else None
        return [Finding(what, False, failure.message, advice)]
    return [
        Finding(
            f"{what}: {each.subject}", each.good, "fine" if each.good else "missing", each.advice
        )
        for each in found
    ]


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    kind = "the database that is set" if settings.database_url else "the embedded PostgreSQL"
    try:
        async with database_at(settings) as url, Database.connect(url, size=1) as database:
            yield Finding(kind, True, "answers")
            migrated = await at_head(database)
            advice = None if migrated else "Run: whychain migrate"
            found = "at this release" if migrated else "behind"
            yield Finding("its tables", migrated, found, advice)
            if migrated:
                yield await _inbox(database)
    except (CodedError, EmbeddedPostgresError) as trouble:
        setting = "WHYCHAIN_DATABASE_URL" if settings.database_url else "WHYCHAIN_DATA_DIR"
        yield Finding(kind, False, str(trouble), f"Mend that, or set {setting}.")


async def _inbox(database: Database) -> Finding:
    states = await counts(database)
    waiting, parked = (
        states.get(DeliveryState.PENDING, 0),
        states.get(DeliveryState.PARKED, 0),
    )
    advice = "Look at them: whychain inbox list --state parked" if parked else None
    found = f"{waiting} waiting, {parked} parked"
    return Finding("the inbox", not parked, found, advice, optional=True)
