"""What is done at PagerDuty: an incident that ended here is resolved there."""

from integrations.contract import Connection
from integrations.pagerduty.ask import PagerDutyApi
from integrations.payload import NAME_LIMIT

RESOLVED = "resolved"


def resolver_of(connection: Connection) -> str | None:
    """In whose name incidents are resolved; None where the operator did not switch it on."""
    by = connection.settings.get("from")
    return by if connection.settings.get("resolve") and isinstance(by, str) else None


async def resolve(api: PagerDutyApi, external_id: str) -> None:
    """Resolve an incident; nothing where it is resolved, or where nobody does so.

    Raises:
        Missing: there is none.
    """
    by = resolver_of(api.connection)
    if by is None:
        return
    incident = await api.incident(external_id)
    if incident.prose("status", NAME_LIMIT) != RESOLVED:
        await api.set_status(external_id, RESOLVED, by)
