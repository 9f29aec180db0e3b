"""How all connections are doing, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.commands.work import Office
from server.domain.integration import Account, Budget, FailureCode, Health, health
from server.domain.viewer import Scope, Viewer
from server.store import connection_state
from server.store.database import Row


@dataclass(frozen=True, slots=True)
class LastFailure:
    """What went wrong the last time something did."""

    at: datetime
    code: FailureCode
    message: str


@dataclass(frozen=True, slots=True)
class Watched:
    """An account, and how it is doing."""

    account: Account
    health: Health
    last_success_at: datetime | None
    last_failure: LastFailure | None
    lag: timedelta | None
    parked: int
    budget: Budget | None


async def watch(office: Office, viewer: Viewer, accounts: Sequence[Account]) -> list[Watched]:
    """Look at all accounts.

    Raises:
        Forbidden: the viewer is no administrator.
    """
    viewer.require(Scope.ADMIN)
    database = office.database
    states = {
        (row["integration"], row["connection"]): row
        for row in await connection_state.every(database)
        if row["stream"] == connection_state.POLL
    }
    parked = await connection_state.parked(database)
    found = []
    for each in accounts:
        row = states.get((each.integration, each.connection))
        if row is None and each.poll_every is None:
            heard = await connection_state.last_delivery(database, each.integration)
        else:
            heard = row["last_success_at"] if row else None
        found.append(_seen(each, row, heard, parked.get(each.integration, 0), office.clock()))
    return found


def _seen(
    account: Account, row: Row | None, heard: datetime | None, parked: int, now: datetime
) -> Watched:
    return Watched(
        account=account,
        health=health(
            account,
            stopped=bool(row and row["stopped"]),
            failures=row["failures"] if row else 0,
            last_success=heard,
            now=now,
        ),
        last_success_at=heard,
        last_failure=_failure(row) if row else None,
        lag=max(now - heard, timedelta(0)) if heard and account.poll_every else None,
        parked=parked,
        budget=_budget(row) if row else None,
    )


def _failure(row: Row) -> LastFailure | None:
    if row["last_failure_at"] is None:
        return None
    code = FailureCode(row["failure_code"])
    return LastFailure(row["last_failure_at"], code, row["failure_message"])


def _budget(row: Row) -> Budget | None:
    if row["budget_remaining"] is None:
        return None
    return Budget(row["budget_remaining"], row["budget_limit"], row["budget_resets_at"])
