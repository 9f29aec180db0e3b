"""What an operator does with the inbox: looks at it, has deliveries processed again, gives them up.

Who did what is logged, never what a body says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from server.commands.work import Office
from server.domain.delivery import DeliveryState, check_discard, check_replay
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import inbox
from server.store.database import Row
from server.store.queue import Job, JobKind

_log = structlog.get_logger()

MOST_AT_ONCE = 500
"""How many parked deliveries one transaction has processed again."""


@dataclass(frozen=True, slots=True)
class KnownDelivery:
    """A delivery as an operator may see it. `body_bytes` is None once its body is gone."""

    id: UUID
    source: str
    key: str
    event: str
    received_at: datetime
    state: DeliveryState
    attempts: int
    error: str | None
    processed_at: datetime | None
    body_bytes: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries; all that is given must hold."""

    state: DeliveryState | None = None
    source: str | None = None
    received_after: datetime | None = None
    received_before: datetime | None = None

    def conditions(self) -> dict[str, object]:
        """What is given, by the names of the store's conditions."""
        state = self.state.value if self.state else None
        given: dict[str, object | None] = {
            "state": state,
            "source": self.source,
            "received_after": self.received_after,
            "received_before": self.received_before,
        }
        return {name: value for name, value in given.items() if value is not None}


async def page(
    office: Office, viewer: Viewer, wanted: Wanted, *, after: UUID | None = None, limit: int
) -> Sequence[KnownDelivery]:
    """Deliveries, the newest first; those that follow `after`, the last one of another page.

    Raises:
        Refused: NOT_FOUND, there is no delivery `after`.
    """
    viewer.require(Scope.ADMIN)
    last = await _find(office, after, "after") if after else None
    rows = await inbox.page(office.database, wanted.conditions(), after=last, most=limit)
    return [_known(row) for row in rows]


async def show(office: Office, viewer: Viewer, delivery_id: UUID) -> KnownDelivery:
    """One delivery, without its body.

    Raises:
        Refused: NOT_FOUND.
    """
    viewer.require(Scope.ADMIN)
    return _known(await _find(office, delivery_id, "id"))


async def show_body(office: Office, viewer: Viewer, delivery_id: UUID) -> bytes:
    """The body of a delivery, which may hold personal data: that it was looked at is logged.

    Raises:
        Refused: NOT_FOUND, there is no such delivery, or its body is gone.
    """
    viewer.require(Scope.ADMIN)
    found = await _find(office, delivery_id, "id")
    body = await inbox.body(office.database, delivery_id)
    if body is None:
        raise refuse(ErrorCode.NOT_FOUND, "Its body is gone: pruned or discarded.", "id")
    _audit("delivery's body shown", viewer, found)
    return body


async def replay(office: Office, viewer: Viewer, delivery_id: UUID) -> UUID:
    """Have a delivery processed once more, with all its attempts before it.

    Raises:
        Refused: NOT_FOUND; CONFLICT, it waits already or its body is gone.
    """
    viewer.require(Scope.ADMIN)
    async with office.work() as work:
        held = _there(await inbox.hold(work.tx, delivery_id), "id")
        state, has_body = DeliveryState(held["state"]), held["body_bytes"] is not None
        _refuse(check_replay(state, has_body=has_body))
        await inbox.reopen(work.tx, delivery_id)
        work.later(Job(JobKind.DELIVERY, delivery_id))
    _audit("delivery replayed", viewer, held)
    return delivery_id


async def replay_parked(office: Office, viewer: Viewer, source: str | None = None) -> int:
    """Have all processed once more that are parked now, of one source or of all; how many.

    It takes a transaction for each `MOST_AT_ONCE`, from the oldest on, so that what is parked
    again meanwhile is not replayed again.
    """
    viewer.require(Scope.ADMIN)
    count, beyond = 0, UUID(int=0)
    while True:
        async with office.work() as work:
            reopened = await inbox.reopen_parked(work.tx, source, beyond, MOST_AT_ONCE)
            work.later(*(Job(JobKind.DELIVERY, row["id"]) for row in reopened))
        for row in reopened:
            _audit("delivery replayed", viewer, row)
        count += len(reopened)
        if len(reopened) < MOST_AT_ONCE:
            return count
        beyond = max(row["id"] for row in reopened)


async def discard(office: Office, viewer: Viewer, delivery_id: UUID) -> None:
    """Give up a parked delivery: its body goes; sent again, it is known by its key.

    Raises:
        Refused: NOT_FOUND; CONFLICT, it is not parked.
    """
    viewer.require(Scope.ADMIN)
    async with office.work() as work:
        held = _there(await inbox.hold(work.tx, delivery_id), "id")
        _refuse(check_discard(DeliveryState(held["state"])))
        await inbox.discard(work.tx, delivery_id)
    _audit("delivery discarded", viewer, held)


async def _find(office: Office, delivery_id: UUID, field: str) -> Row:
    return _there(await inbox.find(office.database, delivery_id), field)


def _there(row: Row | None, field: str) -> Row:
    if row is None:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such delivery.", field)
    return row


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Refused(*problems)


def _known(row: Row) -> KnownDelivery:
    values = {**dict(row), "state": DeliveryState(row["state"])}
    return KnownDelivery(**values)  # columns are the fields


def _audit(what: str, viewer: Viewer, row: Row) -> None:
    _log.info(what, delivery=str(row["id"]), source=row["source"], by=viewer.subject)
