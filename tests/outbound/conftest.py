"""A client of a vendor on 127.0.0.1, in a time that passes as fast as it is slept through."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from integrations.contract import Connection, Integration, Manifest, RatePolicy, Role, Secret
from server.backoff import Backoff
from server.outbound.client import Client
from server.outbound.clients import Clients
from server.outbound.timing import Timing
from tests.vendor import Vendor, vendor

NOON = 1_793_620_800.0
"""Monday, 2 November 2026, 12:00 UTC."""


@dataclass
class Time:
    """A clock that moves when somebody sleeps."""

    now: float = NOON
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def timing(self) -> Timing:
        """This time, for a client that tries three times and waits for a minute at most."""
        backoff = Backoff(timedelta(seconds=1), factor=2, longest=timedelta(seconds=8), most=3)
        return Timing(lambda: self.now, self.sleep, 60.0, 5.0, backoff)


@dataclass(frozen=True)
class Asking:
    """An integration that only asks."""

    rate: RatePolicy | None = None

    @property
    def manifest(self) -> Manifest:
        return Manifest("asking", "Asking", frozenset({Role.DEPLOYMENTS}), rate=self.rate)


MakeClient = Callable[..., Client]


@pytest.fixture
async def there() -> AsyncIterator[Vendor]:
    """The vendor."""
    async with vendor() as found:
        yield found


@pytest.fixture
def passing() -> Time:
    """The time."""
    return Time()


@pytest.fixture
async def clients(passing: Time) -> AsyncIterator[Clients]:
    """The clients of this time."""
    async with Clients.open(passing.timing()) as found:
        yield found


@pytest.fixture
def client_of(clients: Clients, there: Vendor) -> MakeClient:
    """Makes a client of the vendor."""

    def make(
        integration: Integration | None = None, *, secret: str = "s3cret", below: str = ""
    ) -> Client:
        secrets = {"token": Secret(secret)}
        connection = Connection("asking", "there", there.url + below, secrets=secrets)
        return clients.of(integration or Asking(), connection)

    return make


@pytest.fixture
def client(client_of: MakeClient) -> Client:
    """A client of the vendor."""
    return client_of()
