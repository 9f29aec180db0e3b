"""How pull requests are kept, and which deployments they are in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import any_, bindparam, delete, func, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Boolean, Integer

from integrations.observation import FileSeen, ReviewSeen
from server.store.database import Transaction
from server.store.ids import new_id
from server.store.person import Key, key_of
from server.store.statements import delete_rows, insert_rows
from server.store.tables import (
    deployment,
    deployment_commit,
    deployment_pull_request,
    pull_request,
    pull_request_dependency,
    pull_request_file,
    review,
)

_ADD_STUB = (
    insert(pull_request)
    .values({name: bindparam(name) for name in ("id", "repository", "number", "title")})
    .on_conflict_do_nothing()
)

_BY_NUMBER = select(pull_request.c.id).where(
    pull_request.c.repository == bindparam("repository"),
    pull_request.c.number == any_(bindparam("numbers", type_=ARRAY(Integer))),
)

_DEPENDENCIES = select(pull_request_dependency.c.depends_on_id).where(
    pull_request_dependency.c.pull_request_id == bindparam("pull_request")
)

_DROP_DEPENDENCIES = delete(pull_request_dependency).where(
    pull_request_dependency.c.pull_request_id == bindparam("pull_request"),
    pull_request_dependency.c.depends_on_id == any_(bindparam("ids", type_=ARRAY(SQL_UUID))),
)

_DEPLOYED_IN = union(
    select(deployment_pull_request.c.deployment_id.label("id")).where(
        deployment_pull_request.c.pull_request_id == bindparam("pull_request")
    ),
    select(deployment.c.id)
    .join(deployment_commit, deployment_commit.c.deployment_id == deployment.c.id)
    .join(pull_request, pull_request.c.merge_sha == deployment_commit.c.sha)
    .where(
        pull_request.c.id == bindparam("pull_request"),
        deployment.c.repository == pull_request.c.repository,
    ),
).limit(bindparam("most"))


_REVERTS_SINCE = (
    select(func.min(deployment.c.effective_at))
    .join(deployment_pull_request, deployment_pull_request.c.deployment_id == deployment.c.id)
    .join(pull_request, pull_request.c.id == deployment_pull_request.c.pull_request_id)
    .where(
        or_(
            (pull_request.c.id == bindparam("pull_request"))
            & (pull_request.c.reverts_id.is_not(None) | bindparam("changed", type_=Boolean)),
            pull_request.c.reverts_id == bindparam("pull_request"),
        )
    )
)


async def ids_of(tx: Transaction, repository: str, numbers: Collection[int]) -> Sequence[UUID]:
    """The ids of a repository's pull requests; those that are unknown stand by number alone."""
    for number in sorted(numbers):
        stub = {"id": new_id(), "repository": repository, "number": number}
        await tx.run(_ADD_STUB, **stub, title=f"#{number}")
    rows = await tx.fetch(_BY_NUMBER, repository=repository, numbers=sorted(numbers))
    return [row["id"] for row in rows]


async def set_dependencies(
    tx: Transaction, pull_request_id: UUID, depends_on: Collection[UUID]
) -> bool:
    """Make these the pull requests that must be deployed before it; whether that is new."""
    kept = {row[0] for row in await tx.fetch(_DEPENDENCIES, pull_request=pull_request_id)}
    wanted = set(depends_on) - {pull_request_id}
    if kept == wanted:
        return False
    await tx.run(_DROP_DEPENDENCIES, pull_request=pull_request_id, ids=list(kept - wanted))
    rows: list[dict[str, object]] = [
        {"pull_request_id": pull_request_id, "depends_on_id": each} for each in wanted - kept
    ]
    await insert_rows(tx, pull_request_dependency, rows)
    return True


async def set_files(tx: Transaction, pull_request_id: UUID, files: Iterable[FileSeen]) -> None:
    """Make these the files that it changes."""
    await delete_rows(tx, pull_request_file, pull_request_id=pull_request_id)
    rows: dict[str, dict[str, object]] = {
        each.path: {"pull_request_id": pull_request_id, **asdict(each)} for each in files
    }
    await insert_rows(tx, pull_request_file, list(rows.values()))


async def set_reviews(
    tx: Transaction,
    pull_request_id: UUID,
    reviews: Iterable[ReviewSeen],
    people: Mapping[Key, UUID],
) -> None:
    """Make these its reviews; `people` are those of them who reviewed."""
    await delete_rows(tx, review, pull_request_id=pull_request_id)
    rows: dict[str, dict[str, object]] = {
        each.external_id: {
            "pull_request_id": pull_request_id,
            "external_id": each.external_id,
            "state": each.state.value,
            "submitted_at": each.submitted_at,
            "reviewer_id": people[key_of(each.reviewer)] if each.reviewer else None,
        }
        for each in reviews
    }
    await insert_rows(tx, review, list(rows.values()))


async def reverts_since(tx: Transaction, pull_request_id: UUID, changed: bool) -> datetime | None:
    """When a revert was first deployed that is this one, or of this one; None if none was.

    `changed` says that it may have been one until now.
    """
    at: datetime | None = await tx.value(
        _REVERTS_SINCE, pull_request=pull_request_id, changed=changed
    )
    return at


async def deployments_of(tx: Transaction, pull_request_id: UUID, most: int) -> Sequence[UUID]:
    """Up to `most` deployments that bring it, or are held to bring it."""
    return [
        row["id"] for row in await tx.fetch(_DEPLOYED_IN, pull_request=pull_request_id, most=most)
    ]
