"""Observations as integrations make them, of one repository and one page, told in minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Moment,
    Observation,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    PullRequestObserved,
    PushObserved,
    ServiceRef,
)
from server.commands.observe import Source, observe
from server.commands.work import Office
from server.store import tables
from tests.commands.stored import Stored

GITHUB = Source("github", "GitHub")
PAGERDUTY = Source("pagerduty", "PagerDuty")

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
REPOSITORY = "acme/shop"

ADA = PersonRef("github", "1", handle="ada-l")
GRACE = PersonRef("pagerduty", "PGRACE", name="Grace Hopper")
SHOP = ServiceRef("pagerduty", "PSHOP", "Shop")

_RANKS = {
    DeploymentState.PENDING: 20,
    DeploymentState.IN_PROGRESS: 22,
    DeploymentState.SUCCESS: 23,
    DeploymentState.FAILURE: 24,
}


def at(minute: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minute)


def moment(minute: float, rank: int = 0, digest: str = "") -> Moment:
    """A moment whose digest differs with what it is made of, unless one is given."""
    return Moment(at(minute), rank, digest or f"{minute}:{rank}")


def sha(letter: str) -> str:
    """The commit of that letter, a hexadecimal digit."""
    return letter * 40


def deployment(
    external_id: str,
    commit: str,
    minute: float,
    state: DeploymentState = DeploymentState.SUCCESS,
    **others: Any,
) -> DeploymentObserved:
    """What is said of a deployment of that commit to production."""
    values = {"repository": REPOSITORY, "environment": "production", "deployer": ADA, **others}
    told = moment(minute, _RANKS[state], external_id)
    return DeploymentObserved(told, external_id, sha=sha(commit), state=state, **values)


def push(before: str, *commits: str, minute: float, ref: str = "refs/heads/main") -> PushObserved:
    """A push of these commits onto the one before."""
    shas = tuple(map(sha, commits))
    return PushObserved(moment(minute), REPOSITORY, ref, sha(before), shas[-1], shas)


def pull_request(
    number: int, minute: float, merged: str | None = None, **others: Any
) -> PullRequestObserved:
    """What is said of a pull request, merged as that commit if one is given."""
    values: dict[str, Any] = {"title": f"Change {number}", "additions": 10, "author": ADA}
    if merged:
        values |= {"merge_sha": sha(merged), "merged_at": at(minute), "merged_by": ADA}
    told = moment(minute, 12 if merged else 10, str(number))
    return PullRequestObserved(told, REPOSITORY, number, **{**values, **others})


def page(event: PageEvent, minute: float, **others: Any) -> PageObserved:
    """An event of the page PINC that carries the page itself."""
    values: dict[str, Any] = {
        "title": "Checkout answers 500",
        "state": PageState.TRIGGERED,
        "priority": "P1",
        "created_at": at(0),
        "service": SHOP,
    }
    values |= others
    return PageObserved(moment(minute), "PINC", f"{event}@{minute}", event, **values)


def reference(event: PageEvent, minute: float, **others: Any) -> PageObserved:
    """An event of the page PINC that only refers to the page."""
    told = page(event, minute, state=None, priority=None, created_at=None, service=None)
    return replace(told, title="Checkout answers 500 (short)", **others)


async def tell(office: Office, *seen: Observation) -> int:
    """Observe these, each in a delivery of its own; how many were new."""
    new = 0
    for each in seen:
        source = PAGERDUTY if isinstance(each, PageObserved) else GITHUB
        async with office.work() as work:
            new += await observe(work, source, [each])
    return new


async def the_incident(stored: Stored) -> UUID:
    """The only incident there is."""
    (row,) = await stored.rows(tables.incident)
    found: UUID = row["id"]
    return found
