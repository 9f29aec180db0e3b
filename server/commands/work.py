"""The transaction a command runs in, and what follows once it is committed."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from server.commands import moments, postmortem_missing, why_chain
from server.domain.action_item import Sprints
from server.domain.blameless import LanguageRule, built_in_rules
from server.domain.feed import FeedChange, FeedSubject
from server.live.hint import DIRECTORY, Hint, Publish
from server.store import directory, feed, library, queue
from server.store.database import Database, Transaction
from server.store.queue import Job, JobKind


def utc_now() -> datetime:
    """The time, read once for each command."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Work:
    """One command at work: its transaction, its time, and what it leaves behind.

    Every change of anything that belongs to an incident goes through `changed`, or `all_changed`,
    which takes the next sequence of the incident's feed under its row lock: so commit order is
    sequence order. Take it as late as possible, for it makes other writers of that incident wait.
    """

    tx: Transaction
    now: datetime
    sprints: Sprints
    rules: tuple[LanguageRule, ...]
    outward: frozenset[JobKind] = frozenset()
    _heads: dict[UUID, int] = field(default_factory=dict)
    _retold: bool = False
    _changed: dict[UUID, set[FeedSubject]] = field(default_factory=dict)
    _jobs: list[Job] = field(default_factory=list)

    async def changed(
        self,
        incident: UUID,
        subject: FeedSubject,
        subject_id: UUID,
        change: FeedChange = FeedChange.ADDED,
    ) -> int:
        """Write one change into the incident's feed; its sequence."""
        (sequence,) = await self.all_changed(incident, subject, [subject_id], change)
        return sequence

    async def all_changed(
        self,
        incident: UUID,
        subject: FeedSubject,
        subject_ids: Sequence[UUID],
        change: FeedChange = FeedChange.ADDED,
    ) -> Sequence[int]:
        """Write the change of each of these into the incident's feed; their sequences."""
        if not subject_ids:
            return ()
        sequences = await feed.append(self.tx, incident, subject, subject_ids, change, self.now)
        self._heads[incident] = sequences[-1]
        self._changed.setdefault(incident, set()).add(subject)
        return sequences

    def retell(self) -> None:
        """People are told of otherwise now: what subscribers were told of them is outdated."""
        self._retold = True

    async def conclude(self) -> None:
        """Write down, at the end, what follows from all changes together."""
        for incident, subjects in self._changed.items():
            if subjects & moments.DERIVE_FROM:
                await moments.keep(self.tx, incident)
            if subjects & why_chain.DERIVES_FROM:
                await why_chain.keep(self.tx, incident)
        if self._heads:
            for incident, lacking in await postmortem_missing.keep(self.tx, [*self._heads]):
                await self.changed(incident, FeedSubject.POSTMORTEM, lacking, FeedChange.REVISED)
        reworded = [each for each, told in self._changed.items() if told & library.SHELVED]
        if reworded:
            await library.write(self.tx, reworded)
        if self._retold or directory.changed(self.tx):
            self._heads[DIRECTORY] = await directory.turn(self.tx)

    def later(self, *jobs: Job) -> None:
        """Let these jobs run once, and only if, this is committed."""
        self._jobs += [job for job in jobs if job not in self._jobs]

    def later_there(self, *jobs: Job) -> None:
        """Let these jobs run at vendors, as far as there is one for them."""
        self.later(*(job for job in jobs if job.kind in self.outward))

    @property
    def hints(self) -> Sequence[Hint]:
        """What subscribers have to hear after the commit."""
        return [Hint(incident, sequence) for incident, sequence in self._heads.items()]

    @property
    def jobs(self) -> Sequence[Job]:
        """What has to run after the commit."""
        return self._jobs


@dataclass(frozen=True, slots=True)
class Office:
    """Where commands are carried out: what every one of them needs."""

    database: Database
    publish: Publish
    wake: Callable[[], None]
    """Tell the workers that jobs wait; never blocks, never fails."""
    sprints: Sprints
    clock: Callable[[], datetime] = utc_now
    rules: tuple[LanguageRule, ...] = field(default_factory=built_in_rules)
    """What is found in the language of what people write."""
    outward: frozenset[JobKind] = frozenset()
    """The jobs that are done at vendors, of which some connection can do each."""

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Run a block as one transaction; publish its changes and wake its jobs afterwards."""
        async with self.database.transaction() as tx:
            work = Work(tx, self.clock(), self.sprints, self.rules, self.outward)
            yield work
            await work.conclude()
            await queue.enqueue(tx, work.jobs)
        if work.hints:
            self.publish(work.hints)
        if work.jobs:
            self.wake()
