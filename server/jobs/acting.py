"""Doing something at a vendor: what comes of it, and when it is tried again."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from integrations.contract import Connection, Unwell
from server.backoff import Backoff
from server.commands import polling
from server.commands.work import Office
from server.errors import CodedError
from server.jobs.look import failure_of

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it was done; else after what time to try again, if that may help."""

    done: bool
    wait: timedelta | None = None


async def act(
    office: Office, connection: Connection, asked: Awaitable[None], backoff: Backoff, attempt: int
) -> Outcome:
    """Await what a vendor is asked for. A vendor that is unwell is asked again, any other trouble
    is told once, in the log and as the connection's last failure."""
    try:
        await asked
    except CodedError:
        raise
    except Exception as error:  # noqa: BLE001  # one connection's trouble is not the others'
        failure = failure_of(error)
        wait = backoff.after(attempt) if isinstance(error, Unwell | TimeoutError) else None
        if wait is not None:
            return Outcome(False, max(wait, failure.again_in))
        reason = failure.message
        _log.error("a vendor did not do it", connection=connection.name, reason=reason)
        await polling.note_failure(office, connection, failure)
        return Outcome(False)
    return Outcome(True)


def longest(outcomes: list[Outcome]) -> timedelta | None:
    """The wait until all may be tried again that may; None where nothing is."""
    return max((each.wait for each in outcomes if each.wait is not None), default=None)
