"""How PagerDuty's REST API is asked: lists by offset, and single incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.contract import Connection, Http
from integrations.payload import JsonObject, read_object

REACH = 10_000
"""PagerDuty refuses what lies further into a list: `offset` and `limit` together."""

PER_PAGE = 100
"""The most records that PagerDuty gives at once."""

_HEADERS = {"accept": "application/vnd.pagerduty+json;version=2"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a list. `total` is how many there are in all, where it was asked for."""

    records: Sequence[Any]
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class PagerDutyApi:
    """The REST API for one connection."""

    connection: Connection
    http: Http

    async def listed(
        self, path: str, query: Mapping[str, str], offset: int = 0, limit: int = PER_PAGE
    ) -> Listed:
        """Up to `limit` records of a list, which stands in the answer under the path's last part.

        Raises:
            Malformed: the answer holds no such list.
        """
        at = {"offset": str(offset), "limit": str(limit)}
        reply = await self.http.get(path, query={**query, **at}, headers=_HEADERS)
        answer = read_object(reply.body)
        records = answer.items(path.rpartition("/")[2], limit)
        within = offset + 2 * limit <= REACH
        return Listed(
            records=records,
            more=bool(records) and answer.flag("more") and within,
            total=answer.whole("total", default=0),
        )

    async def peek(self, path: str, query: Mapping[str, str]) -> None:
        """Ask for something to see whether it is given."""
        await self.http.get(path, query=query, headers=_HEADERS)

    async def incident(self, external_id: str) -> JsonObject:
        """One incident.

        Raises:
            Missing: there is none.
        """
        reply = await self.http.get(_incident(external_id), headers=_HEADERS)
        return read_object(reply.body).object("incident")

    async def log_entries(self, external_id: str, offset: int) -> Listed:
        """A part of an incident's log, the newest entry first.

        Raises:
            Missing: there is no such incident.
        """
        query = {"is_overview": "false", "include[]": "channels"}
        return await self.listed(f"{_incident(external_id)}/log_entries", query, offset)

    async def set_status(self, external_id: str, status: str, by: str) -> None:
        """Give an incident a status in the name of the user with that e-mail address.

        Raises:
            Missing: there is no such incident.
        """
        body = {"incident": {"type": "incident_reference", "status": status}}
        headers = {**_HEADERS, "from": by}
        await self.http.send("PUT", _incident(external_id), body, headers=headers)


def _incident(external_id: str) -> str:
    return f"/incidents/{quote(external_id, safe='')}"
