"""The deployments that an incident may have to do with, as entries of its timeline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from server.commands import told_entry
from server.commands.attribution_facts import Facts
from server.commands.evidence import move_evidence
from server.commands.timeline import Entry
from server.commands.told_entry import ToldEntry
from server.commands.work import Work
from server.domain.deployment import DeploymentStatus
from server.domain.deployment_entry import BEFORE_ONSET, DeploymentEntry, stands_in_timeline
from server.domain.timeline import TimelineKind
from server.store import attribution
from server.store import told_entry as entries
from server.store.database import Row

MAX_ENTRIES = 100
"""How many deployments, the newest first, stand in one timeline."""

_PREFIX = "deployment:"
_NO_LONGER = "this deployment has nothing to do with the incident, as far as is known."
_TOLD_ALREADY = "another entry tells of this deployment."
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
    kept = _by_deployment(await entries.beginning(work.tx, incident_id, _PREFIX))
    for row in reversed(told):
        entry = _told(row, inside.get(row["id"], ()))
        await _keep_first(work, incident_id, entry, kept.pop(row["id"], []))
    for left in kept.values():
        for each in left:
            await told_entry.take_back(work, each, _NO_LONGER)


def _by_deployment(rows: Sequence[Row]) -> dict[UUID | None, list[Row]]:
    """The entries of each deployment: several, where it was held to be several until now.

    The first is the one to keep: what a person changed before what stands, else the oldest.
    """
    found: dict[UUID | None, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (not row["touched"], row["retracted"], row["id"])):
        found.setdefault(row["deployment_id"], []).append(row)
    return found


async def _keep_first(
    work: Work, incident_id: UUID, entry: ToldEntry, found: Sequence[Row]
) -> None:
    """Have the deployment told by its first entry, for which the others give way."""
    for other in found[1:]:
        if not other["touched"]:
            await move_evidence(work, incident_id, other["id"], found[0]["id"])
            await told_entry.take_back(work, other, _TOLD_ALREADY, nameless=True)
    await told_entry.keep_one(work, incident_id, entry, found[0] if found else None)


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
