"""Looking at how reliable services are."""

from collections.abc import Sequence
from datetime import datetime

from server.commands.work import Office
from server.domain.reliability import Bucket, Period, Reliability, period
from server.domain.viewer import Scope, Viewer
from server.store import reliability as store
from server.store.reliability import Asked
from server.store.views.sight import binds_of


def ask(viewer: Viewer, service: str | None, team: str | None) -> Asked:
    """Whose reliability a viewer asks for.

    Raises:
        Forbidden: the viewer may not read incidents.
    """
    viewer.require(Scope.INCIDENTS_READ)
    return Asked(binds_of(viewer), service, team)


async def measure(
    office: Office, asked: Asked, since: datetime | None, until: datetime | None
) -> Reliability:
    """The reliability in a time.

    Raises:
        Refused: there is no such time.
    """
    return await store.measure(office.database, asked, period(since, until, office.clock()))


async def trend(
    office: Office, asked: Asked, whole: Period, bucket: Bucket
) -> Sequence[Reliability]:
    """The reliability in each part of a period, also where nothing happened."""
    return await store.trend(office.database, asked, whole, bucket)
