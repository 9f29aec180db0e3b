"""What sources say of deployments, brought into state."""

from integrations.observation import DeploymentObserved
from server.commands.deployment_history import Unsettled
from server.commands.deployment_same import settle
from server.commands.deployment_told import said
from server.commands.work import Work
from server.domain.deployment_same import Place, Telling
from server.domain.deployment_told import told


async def apply(work: Work, source: str, seen: DeploymentObserved, unsettled: Unsettled) -> None:
    """Bring a deployment to the state that all observations of it add up to."""
    everything = await said(work.tx, source, seen.external_id)
    state = told(everything)
    place = Place.of(state.repository, state.sha, state.environment)
    last_at = everything[-1].moment.at
    telling = Telling(source, seen.external_id, place, state.heard_at, last_at)
    await settle(work, telling, unsettled)
