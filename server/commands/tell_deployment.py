"""Telling vendors of deployments that ended, each connection once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from integrations.contract import Connection, DeploymentNews
from integrations.observation import DeploymentState
from server.commands.work import Office, Work
from server.domain.deployment import ENDED, DeploymentStatus
from server.store.queue import Job, JobKind
from server.store.statements import find_row, find_rows, insert_rows
from server.store.tables import deployment, deployment_told, service

NEWS_FOR = timedelta(hours=1)
"""How long after its end a deployment is news; what is read of the past is none."""


def later(work: Work, deployment_id: UUID, values: Mapping[str, Any]) -> None:
    """Have vendors told of a deployment, if it ended just now."""
    if values["status"] in ENDED and work.now - values["effective_at"] <= NEWS_FOR:
        work.later_there(Job(JobKind.TELL_DEPLOYMENT, deployment_id))


async def news_of(office: Office, deployment_id: UUID) -> DeploymentNews | None:
    """What there is to tell of a deployment; None where it has not ended, or not just now."""
    async with office.work() as work:
        row = await find_row(work.tx, deployment, id=deployment_id)
        if row is None or row["status"] not in ENDED or work.now - row["effective_at"] > NEWS_FOR:
            return None
        of = await find_row(work.tx, service, id=row["service_id"]) if row["service_id"] else None
    failed = row["status"] == DeploymentStatus.FAILURE
    return DeploymentNews(
        key=deployment_id.hex,
        repository=row["repository"],
        sha=row["sha"],
        environment=row["environment"],
        state=DeploymentState.FAILURE if failed else DeploymentState.SUCCESS,
        finished_at=row["finished_at"] or row["effective_at"],
        service=of["name"] if of else None,
        url=row["url"],
    )


async def told(office: Office, deployment_id: UUID) -> set[tuple[str, str]]:
    """The connections that were told already, by integration and name."""
    async with office.work() as work:
        rows = await find_rows(work.tx, deployment_told, deployment_id=deployment_id)
    return {(row["integration"], row["connection"]) for row in rows}


async def note(office: Office, deployment_id: UUID, connection: Connection) -> None:
    """Note that a connection was told."""
    async with office.work() as work:
        row: dict[str, object] = {
            "deployment_id": deployment_id,
            "integration": connection.integration,
            "connection": connection.name,
        }
        await insert_rows(work.tx, deployment_told, [row], ignore=True)
