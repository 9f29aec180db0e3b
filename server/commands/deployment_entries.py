"""The deployments that an incident may have to do with, as entries of its timeline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from server.commands import told_entry
from server.commands.attribution_facts import Facts
from server.commands.timeline import Entry
from server.commands.told_entry import ToldEntry
from server.commands.work import Work
from server.domain.deployment import DeploymentStatus
from server.domain.deployment_entry import BEFORE_ONSET, DeploymentEntry, stands_in_timeline
from server.domain.timeline import TimelineKind
from server.store import attribution
from server.store.database import Row

MAX_ENTRIES = 100
"""How many deployments, the newest first, stand in one timeline."""

_PREFIX = "deployment:"
_NO_LONGER = "this deployment has nothing to do with the incident, as far as is known."
_FOREVER = datetime.max.replace(tzinfo=UTC)


async def keep(work: Work, incident_id: UUID, facts: Facts, cause: UUID | None) -> None:
    """Have an entry in the timeline for each deployment that may concern the incident.

    Those on an affected service or a direct dependency, from a day before the onset until the
    end; and the one that is held to be the cause, wherever it was.
    """
    hops = facts.incident.service_hops
    rows = await attribution.of_services(
        work.tx,
        [service_id for service_id, distance in hops.items() if distance in (0, 1)],
        since=facts.times.onset - BEFORE_ONSET,
        until=facts.times.resolved_at or _FOREVER,
        linked=cause,
        most=MAX_ENTRIES,
    )
    told = [row for row in rows if row["id"] == cause or _stands(row, facts)]
    inside = await attribution.pull_requests_of(work.tx, [row["id"] for row in told])
    wanted = [_told(row, inside.get(row["id"], ())) for row in reversed(told)]
    await told_entry.keep(work, incident_id, wanted)
    await told_entry.take_back(work, incident_id, _PREFIX, wanted, _NO_LONGER)


def _stands(row: Row, facts: Facts) -> bool:
    return stands_in_timeline(
        facts.incident.service_hops,
        row["service_id"],
        row["environment"],
        DeploymentStatus(row["status"]),
    )


def _told(row: Row, inside: Sequence[Row]) -> ToldEntry:
    told = DeploymentEntry(
        row["sha"],
        row["environment"],
        DeploymentStatus(row["status"]),
        row["rollback_of_id"] is not None,
        [(each["number"], each["title"]) for each in inside],
    )
    entry = Entry(
        TimelineKind.DEPLOYMENT,
        row["effective_at"],
        told.body,
        url=row["url"],
        deployment=row["id"],
    )
    return ToldEntry(row["source"], f"{_PREFIX}{row['id'].hex}", entry)
