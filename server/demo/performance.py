"""What the scenes of the story share: the door, the cast, the pace, and patience for effects."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from server.demo import story_operations as operations
from server.demo.door import Door, DoorError
from server.demo.organisation import Organisation, Person, Service
from server.demo.vendor_bodies import Deploy, deployment, deployment_status

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
"""How long a webhook's effect may take to show before the story gives up."""

_POLL_SECONDS = 0.05
_SECOND = timedelta(seconds=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

GITHUB = "GitHub webhook"
PAGERDUTY = "PagerDuty webhook"
GRAPHQL = "GraphQL"


@dataclass(frozen=True, slots=True)
class Line:
    """One step, as it is told: when, through which door, and what happened.

    `incident` is its public id, on the line that tells of it first.
    """

    at: datetime
    door: str
    text: str
    incident: str | None = None


Tell = Callable[[Line], None]


@dataclass(slots=True)
class Performance:
    """One play of the story. `ids` are people's public ids by handle, and `entries` those of
    the timeline entries that later steps refer to, by what they are."""

    door: Door
    pace: float
    tell: Tell
    organisation: Organisation
    service: Service
    ids: Mapping[str, str]
    incident: str = ""
    entries: dict[str, str] = field(default_factory=dict)
    _last: datetime = _LONG_AGO

    def person(self, handle: str) -> Person:
        """Somebody of the cast."""
        return self.organisation.person(handle)

    async def told(self, door: str, text: str, incident: str | None = None) -> None:
        """Tell a step, and leave time to read it."""
        self.tell_at_once(door, text, incident)
        await asyncio.sleep(self.pace)

    def tell_at_once(self, door: str, text: str, incident: str | None = None) -> None:
        """Tell a step that the next one belongs to."""
        self.tell(Line(datetime.now(UTC), door, text, incident))

    async def moment(self) -> datetime:
        """The time in whole seconds, later than the one before: GitHub dates nothing finer."""
        earliest = self._last + _SECOND
        wait = (earliest - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(0.0, wait))
        # A timer may ring a moment early.
        self._last = max(earliest, datetime.now(UTC)).replace(microsecond=0)
        return self._last

    async def eventually(self, what: str, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` finds, as soon as it finds something.

        Raises:
            DoorError: it found nothing within `PATIENCE_SECONDS`.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while (found := await look()) is None:
            if asyncio.get_running_loop().time() > deadline:
                raise DoorError(f"Waited {PATIENCE_SECONDS:g} s in vain: {what}.")
            await asyncio.sleep(_POLL_SECONDS)
        return found

    async def change(self, **fields: Any) -> None:
        """Change the incident."""
        await self.door.mutate(operations.UPDATE_INCIDENT, id=self.incident, **fields)

    async def write(self, name: str, kind: str, body: str, at: datetime, **more: Any) -> None:
        """Add an entry to the incident's timeline, to be found under `name`."""
        entry = {"kind": kind, "body": body, "occurredAt": at.isoformat(), **more}
        payload = await self.door.mutate(
            operations.ADD_ENTRIES, incident=self.incident, entries=[entry]
        )
        self.entries[name] = payload["entries"][0]["id"]

    async def deploy(self, sha: str, creator: Person) -> str:
        """Deploy to production, as GitHub tells it; the deployment's public id, once it runs."""
        at = await self.moment()
        deploy = Deploy(int(datetime.now(UTC).timestamp() * 1000), sha, creator, at)
        await self.door.github("deployment", deployment(self.service, deploy))
        for state in ("in_progress", "success"):
            body = deployment_status(self.service, deploy, state, at)
            await self.door.github("deployment_status", body)
        return await self.eventually(f"deployment of {sha[:7]}", lambda: self._deployed(sha, at))

    async def _deployed(self, sha: str, at: datetime) -> str | None:
        """The newest deployment, if it is the one that succeeded at that time."""
        newest = await self.newest()
        since = newest and newest["finishedAt"] and datetime.fromisoformat(newest["finishedAt"])
        if newest is None or not since or newest["sha"] != sha or since < at:
            return None
        return str(newest["id"]) if newest["status"] == "SUCCESS" else None

    async def newest(self) -> Mapping[str, Any] | None:
        """The service's newest deployment to production, if there is one."""
        repository = self.service.repository
        data = await self.door.graphql(operations.NEWEST_DEPLOYMENT, repository=repository)
        return next(iter(data["deployments"]["nodes"]), None)
