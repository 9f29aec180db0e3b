"""Argo CD's operations, as the README's template for its notifications tells them."""

from integrations.intake import names
from integrations.intake.said import Said
from integrations.observation import DeploymentState
from integrations.payload import URL_LIMIT, JsonObject

_STATES = {
    "Running": DeploymentState.IN_PROGRESS,
    "Succeeded": DeploymentState.SUCCESS,
    "Failed": DeploymentState.FAILURE,
    "Error": DeploymentState.FAILURE,
}
"""The phases of an operation. "Terminating" is left out: what becomes of it is told later."""


def said(operation: JsonObject) -> Said | None:
    """What an operation tells: an application's deployment, each beginning one of its own.

    None for one of some resources only: so Argo CD mends what drifted, which deploys nothing.

    Raises:
        Malformed: a member is missing or wrong; the message names it.
    """
    state = _STATES.get(operation.identity("phase"))
    if state is None or operation.flag("partial"):
        return None
    started_at = operation.instant("startedAt")
    application = operation.identity("application")
    url = operation.web_url("url")
    repository = operation.identity("repoURL", URL_LIMIT)
    return Said(
        known_as=names.digest("argocd", url or "", application, started_at.isoformat()),
        repository=names.repository(repository, "argocd.repoURL"),
        sha=names.commit(operation.identity("revision"), "argocd.revision"),
        environment=operation.identity("environment"),
        state=state,
        started_at=started_at,
        finished_at=operation.instant_or_none("finishedAt"),
        ref=operation.identity_or_none("targetRevision"),
        url=url,
    )
