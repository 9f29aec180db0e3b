"""Joining people whom sources made apart, once an address shows that they are one.

It is computed from all addresses that are known, so the order in which they became known does
not matter.
"""

from uuid import UUID

from server.commands.person import absorb
from server.commands.redaction import RERENDER
from server.commands.work import Office, Work
from server.domain.joining import joins
from server.store import address, catalog, directory
from server.store.statements import find_row, update_row
from server.store.tables import person


async def join_people(office: Office) -> int:
    """Make one person of all who have one address, but for those whom a person told apart; how
    many became another."""
    async with office.work() as work:
        await catalog.hold(work.tx)
        joined = list(joins(await address.shared(work.tx)))
        for loser, winner in joined:
            await _become(work, loser, winner)
        given = await address.free(work.tx)
        for person_id, email in given.items():
            await update_row(work.tx, person, {"email": email}, id=person_id)
        if joined or given:
            directory.forget(work.tx)
            work.later(RERENDER)
    return len(joined)


async def _become(work: Work, loser: UUID, winner: UUID) -> None:
    """Make one person another, who takes over what only the one had."""
    lost, won = [await find_row(work.tx, person, id=each) for each in (loser, winner)]
    if not lost or not won:
        raise LookupError("people who are held came and went")
    await absorb(work, winner, [loser])
    left: dict[str, object] = {
        name: lost[name] for name in ("email", "team_id") if won[name] is None and lost[name]
    }
    await update_row(work.tx, person, left, id=winner)
