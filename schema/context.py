"""What every resolver can reach: who is looking, the data, the commands, and the live feed."""

from collections.abc import Sequence
from dataclasses import dataclass

from schema.engine.source import Reading
from server.commands.work import Office
from server.domain.integration import Account
from server.domain.viewer import Viewer
from server.live.hub import Hub

RETRY_SECONDS = 0.5
"""How long a subscription waits for a database that is away, before it asks again."""


@dataclass(frozen=True, slots=True)
class Context:
    """One operation's, or one event's, surroundings."""

    viewer: Viewer
    reading: Reading
    office: Office
    hub: Hub
    accounts: Sequence[Account] = ()

    def fresh(self) -> Reading:
        """A reading without loaded rows: an event must not see what an earlier one loaded."""
        return Reading(self.reading.source, self.reading.viewer, self.reading.subtrees)
