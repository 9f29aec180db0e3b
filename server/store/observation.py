"""Observations as they are kept: all that sources ever said, in the order it is folded in."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Text, any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from integrations.observation import Observation, from_json, to_json
from server.store.database import Transaction
from server.store.tables import observation

MAX_FOLDED = 10_000
"""How many observations of one subject are folded, the oldest first."""

_NAMES = ("source", "subject", "at", "rank", "digest", "facts")

_KEEP = (
    insert(observation)
    .values({name: bindparam(name, type_=observation.c[name].type) for name in _NAMES})
    .on_conflict_do_nothing()
    .returning(observation.c.digest)
)

_IN_ORDER = (observation.c.at, observation.c.rank, observation.c.digest)

_OF_SUBJECT = (
    select(observation.c.facts)
    .where(
        observation.c.source == bindparam("source"),
        observation.c.subject == bindparam("subject"),
    )
    .order_by(*_IN_ORDER)
    .limit(MAX_FOLDED)
)

_NEWEST = _OF_SUBJECT.order_by(None).order_by(*(each.desc() for each in _IN_ORDER)).limit(1)

_field = func.jsonb_extract_path(observation.c.facts, bindparam("field", type_=Text))

_TELLING = _NEWEST.where(func.jsonb_typeof(_field) != "null")
_OF_SUBJECTS = (
    select(observation.c.subject, observation.c.facts)
    .where(
        observation.c.source == bindparam("source"),
        observation.c.subject == any_(bindparam("subjects", type_=ARRAY(Text))),
    )
    .order_by(*_IN_ORDER)
)

_names = func.unnest(bindparam("names", type_=ARRAY(Text))).column_valued("name")

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(_names, literal_column("0"))))


async def lock(tx: Transaction, names: Iterable[str]) -> None:
    """Hold these names until the transaction ends, so that whoever changes their state waits.

    They are taken in one order by everybody; take all that a transaction needs at once.
    """
    await tx.run(_LOCK, names=sorted(set(names)))


async def keep(tx: Transaction, source: str, subject: str, seen: Observation) -> bool:
    """Store an observation; False where it was known already."""
    moment = seen.moment
    kept = await tx.value(
        _KEEP,
        source=source,
        subject=subject,
        at=moment.at,
        rank=moment.rank,
        digest=moment.digest,
        facts=to_json(seen),
    )
    return kept is not None


async def of_subject(tx: Transaction, source: str, subject: str) -> Sequence[Observation]:
    """All that a source said of a subject, in order."""
    rows = await tx.fetch(_OF_SUBJECT, source=source, subject=subject)
    return [from_json(row["facts"]) for row in rows]


async def of_subjects(
    tx: Transaction, source: str, subjects: Sequence[str]
) -> Mapping[str, Sequence[Observation]]:
    """All that a source said of each of these subjects, in order."""
    found: dict[str, list[Observation]] = {subject: [] for subject in subjects}
    for row in await tx.fetch(_OF_SUBJECTS, source=source, subjects=list(subjects)):
        found[row["subject"]].append(from_json(row["facts"]))
    return found


async def newest(tx: Transaction, source: str, subject: str) -> Observation | None:
    """The last word of a source on a subject."""
    row = await tx.one(_NEWEST, source=source, subject=subject)
    return from_json(row["facts"]) if row else None


async def newest_telling(
    tx: Transaction, source: str, subject: str, field: str
) -> Observation | None:
    """The last word of a source on one field of a subject, which others may say nothing of."""
    row = await tx.one(_TELLING, source=source, subject=subject, field=field)
    return from_json(row["facts"]) if row else None
