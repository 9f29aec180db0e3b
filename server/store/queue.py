"""Jobs waiting in PostgreSQL, enqueued in the transaction that makes them necessary.

The queue is pgqueuer's, in a schema of its own and without its trigger: a `pg_notify` inside the
writing transaction makes commits wait for each other and cuts them five-fold (measured). Whoever
enqueued sends the message after the commit instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    column,
    delete,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import insert

from server.store.database import Transaction
from server.term import Term

SCHEMA = "jobs"
"""PostgreSQL's schema that holds the queue, apart from the product's own tables."""


class JobKind(Term):
    """What runs by itself."""

    DELIVERY = "delivery", "Process a webhook that was kept."
    ATTRIBUTE = "attribute", "Recompute an incident's attribution and its deployments' entries."
    COMPARE = "compare", "Propose which incidents may be records of the same one."
    LINK = "link", "Find the channels in which an incident is talked about."
    REDACT = "redact", "Render texts anew in which people became known."
    MERGE_PAGES = "merge_pages", "Join incidents whose pages were merged at the paging system."
    RESOLVE_PAGE = "resolve_page", "Resolve an incident's pages at their paging systems."
    TELL_DEPLOYMENT = "tell_deployment", "Tell vendors of a deployment that ended."
    JOIN_PEOPLE = "join_people", "Join people who turned out to be one, by their addresses."
    TICKET = "ticket", "Tell the tracker of an action item what it does not know yet."
    POST = "post", "Post a message to a chat."


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do about one row."""

    kind: JobKind
    id: UUID


def of_changed_incident(incident_id: UUID) -> tuple[Job, ...]:
    """What there is to do when an incident was declared, or became another in its own words."""
    kinds = JobKind.ATTRIBUTE, JobKind.COMPARE, JobKind.LINK
    return tuple(Job(kind, incident_id) for kind in kinds)


JOBS = table(
    "pgqueuer",
    column("id"),
    column("priority", Integer),
    column("status"),
    column("entrypoint", Text),
    column("payload", LargeBinary),
    column("dedupe_key", Text),
    schema=SCHEMA,
)

OF_DELIVERY = "delivery:"
"""What a delivery's one job is known by, before the delivery's id."""

_LOG = table("pgqueuer_log", column("created", DateTime(timezone=True)), schema=SCHEMA)

_QUEUED: ColumnElement[str] = literal_column(f"'queued'::{SCHEMA}.pgqueuer_status")

_ADD = (
    insert(JOBS)
    .values(
        priority=literal_column("0"),
        status=_QUEUED,
        entrypoint=bindparam("entrypoint"),
        payload=bindparam("payload"),
        dedupe_key=bindparam("dedupe_key"),
    )
    .on_conflict_do_nothing()
)

_WAITING_TWINS = (
    select(JOBS.c.id)
    .where(
        JOBS.c.status == _QUEUED,
        JOBS.c.entrypoint == bindparam("entrypoint"),
        JOBS.c.payload == bindparam("payload"),
    )
    .with_for_update(skip_locked=True)
)

_ABSORB = delete(JOBS).where(JOBS.c.id.in_(_WAITING_TWINS))

_FORGET = delete(_LOG).where(_LOG.c.created < bindparam("before"))


async def enqueue(tx: Transaction, jobs: Sequence[Job]) -> None:
    """Add jobs; they run if and when the transaction commits.

    A delivery waits or runs at most once at a time. An attribution is added although one may be
    running, because that one may have read its facts before these were there.
    """
    await tx.each(
        _ADD,
        [
            {
                "entrypoint": job.kind.value,
                "payload": job.id.bytes,
                "dedupe_key": f"{OF_DELIVERY}{job.id}" if job.kind is JobKind.DELIVERY else None,
            }
            for job in jobs
        ],
    )


async def absorb(tx: Transaction, job: Job) -> int:
    """Take out waiting jobs that ask for the same as this one, which is about to do it; how many.

    To be called before the facts are read: what was committed with those jobs is then seen.
    """
    return await tx.run(_ABSORB, entrypoint=job.kind.value, payload=job.id.bytes)


async def forget(tx: Transaction, before: datetime) -> int:
    """Delete what the queue noted of jobs before that time; how many notes."""
    return await tx.run(_FORGET, before=before)
