"""An action item, its tracker, and a worker that is run by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from integrations.observation import TicketObserved
from server.commands import action_item as action_items
from server.commands.action_item import Create, Update
from server.commands.observe import Source, observe
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.link import Links
from server.domain.viewer import Scope, Viewer
from server.jobs.push_ticket import PushTicket
from server.store import tables
from server.store.database import Row
from server.store.queue import JobKind
from tests.commands.conftest import Clock
from tests.commands.stored import Stored
from tests.ticketed import Board, ToyTracker

TOY = Source("toy", "Toy")
LINKS = Links("https://incidents.acme.example/{id}")
DUE = date(2026, 11, 20)


@dataclass(frozen=True)
class Ticketing:
    """All that there is to a ticket; every step is a minute later than the one before."""

    office: Office
    clock: Clock
    stored: Stored
    tracker: ToyTracker
    incident_id: UUID
    people: Mapping[str, UUID]
    viewer: Viewer

    @property
    def board(self) -> Board:
        return self.tracker.board

    @property
    def job(self) -> PushTicket:
        return PushTicket(self.office, (self.tracker.agent(),), LINKS)

    async def promise(self, owner: str = "ann", **others: Any) -> UUID:
        """An action item that nobody told the tracker of yet."""
        self.clock.forward(minutes=1)
        values: dict[str, Any] = {"title": "Alert on lock waits", "due_on": DUE, **others}
        kind = ActionItemKind.MONITORING
        create = Create(self.incident_id, kind=kind, owner=self.people[owner], **values)
        return await action_items.create(self.office, self.viewer, create)

    async def ticketed(self, owner: str = "ann", **others: Any) -> UUID:
        """An action item with its ticket."""
        item_id = await self.promise(owner, **others)
        await self.work()
        return item_id

    async def change(self, item_id: UUID, **changes: Any) -> None:
        """Change an action item here."""
        self.clock.forward(minutes=1)
        await action_items.update(self.office, self.viewer, Update(item_id, changes))

    async def change_there(self, **fields: Any) -> TicketObserved:
        """Change the ticket in the tracker, of which nobody hears yet."""
        self.clock.forward(minutes=1)
        return self.board.change(**fields)

    async def hear(self, *seen: TicketObserved) -> None:
        """Have the tracker's webhooks processed."""
        for each in seen:
            async with self.office.work() as work:
                await observe(work, TOY, [each])

    async def work(self, most: int = 5) -> int:
        """Run the jobs that wait until none is left; how many ran."""
        done = 0
        while waiting := await self.stored.jobs(JobKind.TICKET):
            assert done < most, "the jobs come to no end"
            self.clock.forward(minutes=1)
            assert await self.job.run(waiting[0], 1) is None
            done += 1
        return done

    async def item(self, item_id: UUID) -> Row:
        return await self.stored.row(tables.action_item, id=item_id)

    async def ticket(self, item_id: UUID) -> Row:
        return await self.stored.row(tables.ticket, action_item_id=item_id)

    async def audit(self, item_id: UUID) -> list[tuple[str, str, Any, Any, bool]]:
        """Source, field, both values and whether it was overruled, in the order written."""
        names = {key: name for name, key in self.people.items()}
        rows = await self.stored.rows(tables.action_item_change, action_item_id=item_id)
        return [
            (
                row["source"],
                row["field"],
                row["before"] or names.get(row["owner_before_id"]),
                row["after"] or names.get(row["owner_after_id"]),
                row["overruled"],
            )
            for row in sorted(rows, key=lambda row: row["id"])
        ]

    async def in_step(self, item_id: UUID) -> None:
        """Nothing is left to do, and nobody has to say anything again."""
        row = await self.ticket(item_id)
        assert (row["trouble"], row["lease"], row["due_at"]) == (None, None, None)
        asked = len(self.tracker.asked)
        await self.hear(self.board.only)
        assert await self.stored.jobs(JobKind.TICKET) == []
        await self.job.run(item_id, 1)
        assert self.tracker.asked[asked:] == ["read"]

    def by(self, name: str) -> "Ticketing":
        """The same, where this person changes things here."""
        viewer = Viewer("token:one", name, frozenset(Scope), self.people[name])
        return replace(self, viewer=viewer)
