"""Pages as PagerDuty tells of them, each event told from all others."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from secrets import token_hex
from typing import Any

from tests.house import Served

Body = dict[str, Any]

_NUMBERS = count(1)
_INCIDENT = """
query ($search: String!) { incidents(first: 1, where: {search: $search}) { nodes { id } } }
"""


def triggered(page: str) -> Body:
    """The event that a page began with."""
    return _event(
        "incident.triggered",
        {
            "id": page,
            "type": "incident",
            "status": "triggered",
            "title": f"Page {page} answers 500",
            "html_url": f"https://acme.pagerduty.com/incidents/{page}",
            "created_at": _now(),
            "service": {"id": "PSHOP", "type": "service_reference", "summary": "Shop"},
        },
    )


def annotated(page: str, words: str) -> Body:
    """The event of a note that somebody wrote on a page."""
    reference = {"id": page, "type": "incident_reference", "summary": f"Page {page}"}
    return _event(
        "incident.annotated",
        {"id": token_hex(8), "type": "incident_note", "content": words, "incident": reference},
    )


def _event(kind: str, data: Body) -> Body:
    return {
        "event": {
            "id": f"E{next(_NUMBERS)}{token_hex(6)}",
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": _now(),
            "data": data,
        }
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def incident_of(served: Served, page: str) -> Body | None:
    """The incident that was opened for a page, once it was."""
    found = await served(_INCIDENT, search=page)
    nodes: list[Body] = found["incidents"]["nodes"]
    return nodes[0] if nodes else None
