"""The vendors: what is installed for them, the accounts an operator named, and who can do what."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Self, TypeVar

from integrations.contract import (
    ENTRY_POINT_GROUP,
    Integration,
    KeepsTickets,
    PostsMessages,
    ReceivesWebhooks,
    ResolvesPages,
    Secret,
    TellsDeployments,
)
from server.commands.work import Office
from server.connections import Connections, load, split
from server.domain.integration import Account
from server.jobs.look import Look, poll_every
from server.jobs.resolve_page import RESOLVE
from server.outbound.agents import Agent, agents
from server.outbound.clients import Clients
from server.settings import Settings
from server.store.queue import JobKind

Power = TypeVar("Power")


def found_integrations() -> dict[str, Integration]:
    """The integrations that are installed, by name."""
    found = (entry.load() for entry in entry_points(group=ENTRY_POINT_GROUP))
    return {integration.manifest.name: integration for integration in found}


def secrets_of(
    settings: Settings, integrations: Mapping[str, Integration], connections: Connections
) -> dict[str, tuple[Secret, ...]]:
    """The webhook secrets that are set by variables and by connections, by integration."""
    secrets = {}
    for name, integration in integrations.items():
        if integration.manifest.webhook:
            text = _secret_text(settings, integration.manifest.webhook.secret_setting)
            secrets[name] = split(text) + connections.webhook_secrets.get(name, ())
    return secrets


def _secret_text(settings: Settings, variable: str) -> str:
    """The value of a secret's variable; a plugin of others may name one of its own."""
    known = getattr(settings, variable.removeprefix("WHYCHAIN_").lower(), None)
    return known.get_secret_value() if known else os.environ.get(variable, "")


@dataclass(frozen=True, slots=True)
class Vendors:
    """All that this process knows of vendors, and the clients to ask them with."""

    integrations: Mapping[str, Integration]
    connections: Connections
    clients: Clients

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Self]:
        """Keep the clients open while the block runs.

        Raises:
            ConnectionsError: the file that names the connections cannot be used.
        """
        integrations = found_integrations()
        connections = load(settings.config, integrations)
        async with Clients.open() as clients:
            yield cls(integrations, connections, clients)

    @property
    def receiving(self) -> dict[str, ReceivesWebhooks]:
        """Those that take webhooks, by name."""
        return {
            name: integration
            for name, integration in self.integrations.items()
            if isinstance(integration, ReceivesWebhooks)
        }

    # A power is a protocol, which mypy takes for a class that would be made.

    @property
    def trackers(self) -> Sequence[Agent[KeepsTickets]]:
        """Who keeps tickets of action items."""
        return self._agents(KeepsTickets)  # type: ignore[type-abstract]

    @property
    def chats(self) -> Sequence[Agent[PostsMessages]]:
        """Who posts messages."""
        return self._agents(PostsMessages)  # type: ignore[type-abstract]

    @property
    def resolving(self) -> Sequence[Agent[ResolvesPages]]:
        """Who resolves pages, where the operator wants that."""
        found = self._agents(ResolvesPages)  # type: ignore[type-abstract]
        return [each for each in found if each.connection.settings.get(RESOLVE) is True]

    @property
    def telling(self) -> Sequence[Agent[TellsDeployments]]:
        """Who wants to hear of deployments."""
        return self._agents(TellsDeployments)  # type: ignore[type-abstract]

    def _agents(self, power: type[Power]) -> Sequence[Agent[Power]]:
        return agents(power, self.integrations, self.connections.all, self.clients)

    @property
    def outward(self) -> frozenset[JobKind]:
        """The jobs that are done at vendors, as far as a connection can do them."""
        who: Mapping[JobKind, Sequence[object]] = {
            JobKind.RESOLVE_PAGE: self.resolving,
            JobKind.TELL_DEPLOYMENT: self.telling,
        }
        return frozenset(kind for kind, found in who.items() if found)

    def looks(self, office: Office) -> list[Look]:
        """How news of every connection are read whose integration can."""
        looks = []
        for each in self.connections.all:
            integration = self.integrations[each.integration]
            client = self.clients.of(integration, each)
            if look := Look.for_news(office, integration, each, client):
                looks.append(look)
        return looks

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every connection, and the integrations without one that take webhooks, by name."""
        found = []
        for name, integration in sorted(self.integrations.items()):
            manifest = integration.manifest
            pace = poll_every(integration)
            known = [each.name for each in self.connections.all if each.integration == name]
            found += [Account(name, manifest.title, each, pace) for each in sorted(known)]
            if not known and manifest.webhook:
                found.append(Account(name, manifest.title))
        return tuple(found)
