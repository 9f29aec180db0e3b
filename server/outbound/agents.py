"""Who can do something at a vendor: an integration with that power, and an account there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from integrations.contract import Connection, Http, Integration
from server.outbound.clients import Clients

Power = TypeVar("Power")


@dataclass(frozen=True, slots=True)
class Agent(Generic[Power]):
    """One connection whose integration has a power, and the client to use it with.

    `title` is what people call the integration.
    """

    power: Power
    connection: Connection
    http: Http
    title: str


def agents(
    power: type[Power],
    integrations: Mapping[str, Integration],
    connections: Sequence[Connection],
    clients: Clients,
) -> tuple[Agent[Power], ...]:
    """All who have the power, in the order in which the operator named them."""
    found: list[Agent[Any]] = []
    for connection in connections:
        integration = integrations[connection.integration]
        if isinstance(integration, power):
            client = clients.of(integration, connection)
            title = integration.manifest.title
            found.append(Agent(integration, connection, client, title))
    return tuple(found)
