"""The prune: deletes what has been kept for long enough."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from server.commands.prune import prune_deliveries, prune_keys, prune_messages
from server.commands.work import Office

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Prune:
    """Bodies of webhooks that are done go after `bodies_for`, as do messages that belong to no
    incident; several workers may prune at once."""

    office: Office
    bodies_for: timedelta
    every: timedelta = timedelta(hours=1)
    name: str = "prune"

    async def once(self) -> None:
        """Prune."""
        bodies = await prune_deliveries(self.office, self.bodies_for)
        keys = await prune_keys(self.office)
        messages = await prune_messages(self.office, self.bodies_for)
        if bodies or keys or messages:
            _log.info("pruned", bodies=bodies, idempotency_keys=keys, messages=messages)
