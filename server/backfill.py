"""The work behind `whychain backfill`: reads the past of connections, each with a bar."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from integrations.contract import Batch, Connection
from server.app import House, open_house
from server.commands import polling
from server.commands.polling import Claim
from server.domain.integration import FailureCode
from server.errors import ErrorCode, refuse
from server.jobs.look import Look
from server.settings import Settings

LONGEST_DAYS = 3650
ASK_AGAIN = timedelta(seconds=2)
"""How often to look whether a vendor may be asked again, or nobody else asks it any more."""


def first_day(text: str, today: date) -> date:
    """The day that `--since` means: 90d is ninety days ago; or a day, as 2026-08-01.

    Raises:
        ValueError: it is neither, or not in the past.
    """
    number = text.removesuffix("d")
    if number != text and number.isdecimal() and len(number) <= 4:
        day = today - timedelta(days=int(number))
    else:
        day = date.fromisoformat(text)
    if not timedelta(0) <= today - day <= timedelta(days=LONGEST_DAYS):
        raise ValueError("It lies in the future, or too far in the past.")
    return day


async def backfill(settings: Settings, target: str, day: date, console: Console) -> bool:
    """Read the past of a connection, or of all connections of an integration; whether all of it.

    What was read stays read: the same command goes on where an earlier one ended.

    Raises:
        Refused: there is no such connection.
    """
    async with open_house(settings, jobs=False) as house:
        found = house.vendors.connections.called(target)
        if not found:
            known = ", ".join(each.name for each in house.vendors.connections.all) or "none"
            message = f"There is no connection {target} in whychain.toml; there are: {known}."
            raise refuse(ErrorCode.NOT_FOUND, message)
        with _bars(console) as bars:
            return all([await _read(house, each, day, bars) for each in found])


def _bars(console: Console) -> Progress:
    columns = "{task.description}", "{task.fields[seen]} read", "{task.fields[note]}"
    name, seen, note = (TextColumn(each, markup=False) for each in columns)
    return Progress(name, BarColumn(), TaskProgressColumn(), seen, note, console=console)


@dataclass(slots=True)
class _Bar:
    """One connection's line of progress."""

    bars: Progress
    task: TaskID
    seen: int = 0

    def batch(self, batch: Batch) -> None:
        """Show how far it came."""
        self.seen += len(batch.observations) + len(batch.unreadable)
        self.at(batch.progress if batch.more else 1.0)

    def at(self, progress: float | None) -> None:
        """Show how much is done, where that is known."""
        total = None if progress is None else 1.0
        self.bars.update(self.task, total=total, completed=progress or 0, seen=self.seen, note="")

    def note(self, text: str) -> None:
        """Say something beside it."""
        self.bars.update(self.task, note=text)


async def _read(house: House, connection: Connection, day: date, bars: Progress) -> bool:
    bar = _Bar(bars, bars.add_task(connection.name, total=None, seen=0, note=""))
    integration = house.vendors.integrations[connection.integration]
    client = house.vendors.clients.of(integration, connection)
    look = Look.for_the_past(house.office, integration, connection, client, day)
    if look is None:
        bar.note(f"{integration.manifest.title} cannot read the past.")
        return False
    held = await polling.claim(house.office, look.stream, anyway=True)
    if held is None:
        bar.note("Another process reads it; waiting.")
    else:
        bar.at(held.progress)
    return await _to_the_end(look, held, bar)


async def _to_the_end(look: Look, held: Claim | None, bar: _Bar) -> bool:
    """Read on until there is no more, through all times in which the vendor is unwell.

    A process that was killed seems to read on for another half a minute; it is waited for.
    """
    while True:
        if held is None:
            await asyncio.sleep(ASK_AGAIN.total_seconds())
        elif held.finished_at:
            await polling.release(look.office, held)
            bar.at(1.0)
            bar.note(f"It was read to the end on {held.finished_at:%Y-%m-%d}.")
            return True
        else:
            failure = await look.take(held, tell=bar.batch)
            if failure:
                bar.note(failure.message)
            if failure and failure.code is not FailureCode.UNWELL:
                return False
        held = await polling.claim(look.office, look.stream)
