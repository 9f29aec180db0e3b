"""Looking at whether action items get done."""

from datetime import datetime

from server.commands.work import Office
from server.domain.follow_through import Measured, cohort
from server.domain.viewer import Scope, Viewer
from server.store import follow_through as store
from server.store.views.sight import binds_of


async def measure(
    office: Office,
    viewer: Viewer,
    team: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Measured:
    """The cohort of a time, of one team's people or of all.

    Raises:
        Forbidden: the viewer may not read incidents.
        Refused: there is no such time.
    """
    viewer.require(Scope.INCIDENTS_READ)
    now = office.clock()
    time = cohort(since, until, now)
    return await store.measure(office.database, binds_of(viewer), team, time, now)
