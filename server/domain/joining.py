"""Which people turned out to be one, by the addresses that sources have verified of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who has an address: as their own, or by an identity.

    `automatic`: a source made them, and not a person; `named`: they are called by a name, and not
    by a handle or an id.
    """

    id: UUID
    automatic: bool
    named: bool
    owns: bool


def joins(shared: Sequence[Sequence[Known]]) -> Iterator[tuple[UUID, UUID]]:
    """Who becomes whom (loser, winner), given everybody who has each address.

    Whom a person described stays: two of them are never made one. Whoever lost before stands as
    the one that they became.
    """
    became: dict[UUID, Known] = {}
    for group in shared:
        people = {each.id: each for each in (_now(each, became) for each in group)}
        winner = min(people.values(), key=_rank, default=None)
        for loser in sorted(people.values(), key=_rank):
            if winner and loser.automatic and loser.id != winner.id:
                became[loser.id] = winner
                yield loser.id, winner.id


def _now(known: Known, became: dict[UUID, Known]) -> Known:
    while known.id in became:
        known = became[known.id]
    return known


def _rank(known: Known) -> tuple[bool, bool, bool, UUID]:
    """The first stays: a person's own description, then who has a name, then who is older."""
    return known.automatic, known.automatic and not known.named, not known.owns, known.id
