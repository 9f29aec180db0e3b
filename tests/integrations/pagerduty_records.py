"""Incidents, entries of their logs and a catalog, in the form in which PagerDuty gives them."""

from datetime import UTC, datetime, timedelta
from typing import Any

Node = dict[str, Any]

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ADA: Node = {"id": "PADA", "type": "user_reference", "summary": "Ada"}
GRACE: Node = {"id": "PGRACE", "type": "user_reference", "summary": "Grace"}
SHOP: Node = {"id": "PSHOP", "type": "service_reference", "summary": "Shop"}
ENGINEERING: Node = {"id": "PENG", "type": "team_reference", "summary": "Engineering"}


def at(minute: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minute)


def stamp(moment: datetime) -> str:
    """A time as PagerDuty gives it: to the second."""
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def incident(number: int, created_at: datetime, **changes: Any) -> Node:
    """An incident that was just triggered."""
    external_id = f"PINC{number}"
    return {
        "id": external_id,
        "type": "incident",
        "summary": f"[#{number}] It fails",
        "html_url": f"https://acme.pagerduty.com/incidents/{external_id}",
        "incident_number": number,
        "title": f"It fails, {number}",
        "created_at": stamp(created_at),
        "updated_at": stamp(created_at),
        "status": "triggered",
        "service": dict(SHOP),
        "urgency": "high",
        **changes,
    }


def entry(kind: str, number: int, moment: datetime, **changes: Any) -> Node:
    """The entry of that number in a log; it was a service's doing unless someone else is named."""
    return {
        "id": f"R{number:06}",
        "type": f"{kind}_log_entry",
        "summary": kind.replace("_", " ").capitalize(),
        "created_at": stamp(moment),
        "agent": dict(SHOP),
        "channel": {"type": "auto"},
        **changes,
    }


def service(external_id: str = "PSHOP", name: str = "Shop", **changes: Any) -> Node:
    """A service of the engineering team."""
    node = {"id": external_id, "type": "service", "summary": name, "name": name, "status": "active"}
    return {**node, "teams": [dict(ENGINEERING)], **changes}


def team(external_id: str = "PENG", name: str = "Engineering") -> Node:
    """A team."""
    return {"id": external_id, "type": "team", "summary": name, "name": name}


def user(external_id: str, name: str, **changes: Any) -> Node:
    """A user of the engineering team."""
    node = {"id": external_id, "type": "user", "summary": name, "name": name}
    email = f"{name.lower()}@acme.example"
    return {**node, "email": email, "teams": [dict(ENGINEERING)], **changes}
