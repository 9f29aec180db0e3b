"""The examination behind `whychain doctor`: what is well, and what to mend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from server.app import database_at, found_integrations, secrets_of
from server.domain.delivery import DeliveryState
from server.errors import CodedError
from server.settings import Settings
from server.store.database import Database
from server.store.delivery import counts
from server.store.embedded import EmbeddedPostgresError
from server.store.migrate import at_head


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
    return [*_integrations(settings), *[finding async for finding in _database(settings)]]


def _integrations(settings: Settings) -> list[Finding]:
    integrations = found_integrations()
    secrets = secrets_of(settings, integrations)
    return [
        Finding(
            what=f"webhooks of {integration.manifest.title}",
            well=bool(secrets.get(name)),
            found="secret set" if secrets.get(name) else "no secret",
            advice=f"Set {integration.manifest.webhook.secret_setting}, the same here and there.",
            optional=True,
        )
        for name, integration in sorted(integrations.items())
        if integration.manifest.webhook
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
