"""Deciding what is posted to a chat, and noting how it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.commands.work import Office, Work
from server.domain.post import PostKind, PostState, marker_of
from server.store.ids import new_id
from server.store.queue import Job, JobKind
from server.store.statements import find_row, insert_rows, update_row
from server.store.tables import post

MAX_ERROR = 500
"""Characters of what went wrong that are kept."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post goes: a connection, and the provider's id of a person or a team's slug there."""

    integration: str
    connection: str
    name: str


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A post that is to be sent. `attempts` counts this one too."""

    id: UUID
    marker: str
    kind: PostKind
    target: Target
    text: str
    attempts: int


async def decided(work: Work, kind: PostKind, subjects: Iterable[UUID], day: date) -> set[UUID]:
    """Those of these people or teams for whom the day's post is decided already."""
    found = set()
    for subject in subjects:
        if await find_row(work.tx, post, kind=kind.value, subject_id=subject, day=day):
            found.add(subject)
    return found


async def decide(
    work: Work, kind: PostKind, subject: UUID, day: date, target: Target, text: str
) -> UUID | None:
    """Have it posted once, whoever decides so at the same time; the post, unless others did."""
    post_id = new_id()
    marker = marker_of(kind, subject, day)
    row: dict[str, object] = {
        "id": post_id,
        "marker": marker,
        "kind": kind.value,
        "subject_id": subject,
        "day": day,
        "integration": target.integration,
        "connection": target.connection,
        "target": target.name,
        "text": text,
        "state": PostState.WAITING.value,
        "created_at": work.now,
    }
    await insert_rows(work.tx, post, [row], ignore=True)
    if not await find_row(work.tx, post, id=post_id):
        return None
    work.later(Job(JobKind.POST, post_id))
    return post_id


async def begin(office: Office, post_id: UUID) -> KeptPost | None:
    """Count an attempt at a post before it is made; None where there is nothing to send."""
    async with office.work() as work:
        row = await find_row(work.tx, post, lock=True, id=post_id)
        if row is None or row["state"] != PostState.WAITING.value:
            return None
        attempts = row["attempts"] + 1
        await update_row(work.tx, post, {"attempts": attempts}, id=post_id)
    target = Target(row["integration"], row["connection"], row["target"])
    return KeptPost(
        post_id, row["marker"], PostKind(row["kind"]), target, row["text"] or "", attempts
    )


async def finish(office: Office, post_id: UUID) -> None:
    """Note that the chat has it; its text is not kept."""
    async with office.work() as work:
        changes: dict[str, object] = {
            "state": PostState.POSTED.value,
            "posted_at": work.now,
            "text": None,
            "error": None,
        }
        await update_row(work.tx, post, changes, id=post_id)


async def note(office: Office, post_id: UUID, error: str, *, failed: bool) -> None:
    """Note why it was not posted; `failed` where it never will be."""
    async with office.work() as work:
        changes: dict[str, object] = {"error": error[:MAX_ERROR]}
        if failed:
            changes |= {"state": PostState.FAILED.value, "text": None}
        await update_row(work.tx, post, changes, id=post_id)
