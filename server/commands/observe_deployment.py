"""What sources say of deployments, brought into state."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from integrations.observation import DeploymentObserved
from server.commands import deployment_history as history
from server.commands import tell_deployment
from server.commands.work import Work
from server.domain.deployment import DeploymentStatus
from server.domain.deployment_told import Told, effective_at, told
from server.store import deployment as deployments
from server.store import observation, person, service
from server.store import pull_request as pull_requests
from server.store.database import Row, Transaction
from server.store.ids import new_id
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import deployment


def subject_of(seen: DeploymentObserved) -> str:
    """What an observation of a deployment is about."""
    return f"deployment:{seen.external_id}"


async def apply(work: Work, source: str, seen: DeploymentObserved) -> None:
    """Bring a deployment to the state that all observations of it add up to."""
    everything = await observation.of_subject(work.tx, source, subject_of(seen))
    state = told([each for each in everything if isinstance(each, DeploymentObserved)])
    values = await _values(work.tx, state)
    known = {"source": source, "external_id": seen.external_id}
    row = await find_row(work.tx, deployment, lock=True, **known)
    values = _with_effect(values, row, state)
    if row is None:
        id_ = new_id()
        await insert_row(work.tx, deployment, id=id_, **known, **values)
        await _link(work.tx, id_, state)
        await _follow(work, id_, None, values)
        return
    changes = {name: value for name, value in values.items() if row[name] != value}
    if changes:
        await update_row(work.tx, deployment, changes, id=row["id"])
    await _link(work.tx, row["id"], state)
    if changes or seen.pull_requests:
        await _follow(work, row["id"], row, {**row, **changes})


async def _link(tx: Transaction, id_: UUID, state: Told) -> None:
    """Link the pull requests that the source names, whatever the commits tell."""
    if state.pull_requests:
        ids = await pull_requests.ids_of(tx, state.repository, state.pull_requests)
        await deployments.link_recorded(tx, id_, ids)


async def _values(tx: Transaction, state: Told) -> dict[str, Any]:
    """The columns that the source tells."""
    who = state.deployer
    people = await person.find_or_create(tx, [who] if who else [])
    return {
        "service_id": await service.of_repository(tx, state.repository),
        "repository": state.repository,
        "sha": state.sha,
        "ref": state.ref,
        "environment": state.environment,
        "started_at": state.course.started_at,
        "finished_at": state.course.finished_at,
        "deployer_id": people[who.provider, who.external_id] if who else None,
        "url": state.url,
    }


def _with_effect(values: dict[str, Any], row: Row | None, state: Told) -> dict[str, Any]:
    """The columns with what a person set among them, and with those that derive from them."""
    values = {**values, "status": _status(state.course.status, row)}
    if row:
        values |= {name: row[name] for name in row["edited"] if name in values}
    at = effective_at(values["finished_at"], values["started_at"], state.heard_at)
    return {**values, "effective_at": at}


def _status(told_status: DeploymentStatus, row: Row | None) -> str:
    """The source's word; that it was taken back since is derived, and stays until it is not."""
    taken_back = row is not None and row["status"] == DeploymentStatus.ROLLED_BACK.value
    if taken_back and told_status is DeploymentStatus.SUCCESS:
        return DeploymentStatus.ROLLED_BACK.value
    return told_status.value


async def _follow(work: Work, id_: UUID, old: Row | None, new: Mapping[str, Any]) -> None:
    """Derive what hangs on the deployment where it is, and where it was before."""
    both = [each for each in (old, new) if each]
    moments = [each["effective_at"] for each in both]
    changed = {id_}
    for repository, environment in {(each["repository"], each["environment"]) for each in both}:
        changed |= set(await history.derive(work, repository, environment, min(moments)))
    await history.reconsider(work, changed, *moments)
    tell_deployment.later(work, id_, new)
