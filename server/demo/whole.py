"""Many commands in one transaction, each at a time of its own: all of them are kept, or none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from server.commands.work import Office
from server.live.hint import Hint
from server.store.database import Database, Transaction


class OneTransaction(Database):
    """A database whose transactions are all the same one, which is open already."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """The open transaction; its end is for whoever opened it."""
        yield self._tx


@dataclass(slots=True)
class Whole:
    """Commands that belong together. What they have to tell is told after the commit."""

    _office: Office
    tx: Transaction
    _hints: dict[Hint, None] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def of(cls, office: Office) -> AsyncIterator[Self]:
        """Open a transaction for many commands of this office."""
        async with office.database.transaction() as tx:
            whole = cls(office, tx)
            yield whole
        office.publish(tuple(whole._hints))
        office.wake()

    def at(self, moment: datetime) -> Office:
        """The office as it is at that time, working inside the transaction."""
        return replace(
            self._office,
            database=OneTransaction(self.tx),
            publish=lambda hints: self._hints.update(dict.fromkeys(hints)),
            wake=lambda: None,
            clock=lambda: moment,
        )
