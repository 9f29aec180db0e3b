"""Bringing a kept webhook into state: read it with its integration, then observe what it says."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from integrations.contract import Connection, Delivery, Malformed, ReceivesWebhooks
from integrations.observation import Observations, UnreadableError
from server.backoff import Backoff
from server.commands import delivery, polling
from server.commands.delivery import KeptDelivery
from server.commands.observe import Source
from server.commands.work import Office
from server.errors import Unavailable
from server.jobs.job import BACKOFF, name_of
from server.store.queue import JobKind

_log = structlog.get_logger()

LARGE_BODY = 64 * 1024
"""From how many bytes a body is read in a thread, so that it does not hold up everybody else."""


@dataclass(frozen=True, slots=True)
class ProcessDelivery:
    """The job of one delivery. What fails is tried again; what always fails is parked.

    Errors are kept and logged by their class and place, never with a message of a library's, which
    may quote the body.
    """

    office: Office
    integrations: Mapping[str, ReceivesWebhooks]
    backoff: Backoff = BACKOFF
    connections: Sequence[Connection] = ()
    kind: JobKind = JobKind.DELIVERY

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Make one attempt; attempts are counted in the delivery's own row."""
        kept = await delivery.begin(self.office, id_)
        if kept is None:
            return None
        if kept.attempts > self.backoff.most:
            await self._park(kept, "Killed: every attempt at it ended with its process")
            return None
        try:
            await self._process(kept)
        except (Malformed, NoIntegrationError, UnreadableError) as error:
            await self._park(kept, f"{type(error).__name__}: {error}")
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the delivery must not be lost
            return await self._failed(kept, name_of(error))
        return None

    async def _process(self, kept: KeptDelivery) -> None:
        integration = self.integrations.get(kept.source)
        if integration is None:
            raise NoIntegrationError(f"no integration {kept.source} is installed")
        manifest = integration.manifest
        connections = [each for each in self.connections if each.integration == kept.source]
        seen = await _read(integration, kept, connections)
        source = Source(manifest.name, manifest.title)
        await delivery.finish(self.office, kept, source, seen)

    async def _failed(self, kept: KeptDelivery, error: str) -> timedelta | None:
        wait = self.backoff.after(kept.attempts)
        if wait is None:
            await self._park(kept, error)
        else:
            await delivery.note(self.office, kept.id, error)
            _log.warning("delivery failed", delivery=str(kept.id), source=kept.source, error=error)
        return wait

    async def _park(self, kept: KeptDelivery, error: str) -> None:
        await delivery.park(self.office, kept.id, error)
        _log.error("delivery parked", delivery=str(kept.id), source=kept.source, error=error)


class NoIntegrationError(Exception):
    """The integration that took this delivery is not installed any more."""


async def _read(
    integration: ReceivesWebhooks, kept: KeptDelivery, connections: Sequence[Connection]
) -> Observations:
    if kept.event == polling.OBSERVATION:
        return (polling.unparked(kept.body),)
    told = Delivery(kept.event, kept.body, kept.received_at, tuple(connections))
    if len(kept.body) < LARGE_BODY:
        return integration.parse(told)
    return await asyncio.to_thread(integration.parse, told)
