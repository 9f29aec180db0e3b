"""The deployments of a repository in one environment, in order, and what derives from the order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import UUID as SQL_UUID
from sqlalchemy import (
    Text,
    any_,
    bindparam,
    delete,
    exists,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.dialects.postgresql import insert as upserting

from server.domain.deployment import DeploymentStatus, Push
from server.store.database import Row, Transaction
from server.store.statements import insert_rows
from server.store.tables import (
    deployment,
    deployment_commit,
    deployment_pull_request,
    pull_request,
    push,
)

_IDS = ARRAY(SQL_UUID)
_TEXTS = ARRAY(Text)

_ORDER = (deployment.c.effective_at, deployment.c.source, deployment.c.external_id)
"""What a history is sorted by: nothing of ours, so that it is the same however it came."""

_CAME_UP = any_(
    literal([DeploymentStatus.SUCCESS.value, DeploymentStatus.ROLLED_BACK.value], _TEXTS)
)

_HERE = (
    deployment.c.repository == bindparam("repository"),
    deployment.c.environment == bindparam("environment"),
)

_FOLLOWING = (
    select(deployment)
    .where(*_HERE, deployment.c.effective_at >= bindparam("since"))
    .order_by(*_ORDER)
    .limit(bindparam("most"))
)

_PREVIOUS = (
    select(deployment)
    .where(
        *_HERE,
        deployment.c.effective_at < bindparam("since"),
        deployment.c.status == _CAME_UP,
    )
    .order_by(*(each.desc() for each in _ORDER))
    .limit(1)
)

_FIRSTS = (
    select(deployment.c.sha, *_ORDER)
    .ext(distinct_on(deployment.c.sha))
    .where(
        *_HERE,
        deployment.c.status == _CAME_UP,
        deployment.c.sha == any_(bindparam("shas", type_=_TEXTS)),
    )
    .order_by(deployment.c.sha, *_ORDER)
)

_ENVIRONMENTS = (
    select(deployment.c.environment)
    .distinct()
    .where(
        deployment.c.repository == bindparam("repository"),
        deployment.c.effective_at >= bindparam("since"),
    )
    .order_by(deployment.c.environment)
    .limit(bindparam("most"))
)


async def previous(
    tx: Transaction, repository: str, environment: str, since: datetime
) -> Row | None:
    """The last deployment that came up before `since`."""
    return await tx.one(_PREVIOUS, repository=repository, environment=environment, since=since)


async def following(
    tx: Transaction, repository: str, environment: str, since: datetime, most: int
) -> Sequence[Row]:
    """Up to `most` deployments of any course since then, in order."""
    here = {"repository": repository, "environment": environment}
    return await tx.fetch(_FOLLOWING, **here, since=since, most=most)


async def firsts(
    tx: Transaction, repository: str, environment: str, shas: Collection[str]
) -> Mapping[str, tuple[datetime, str, str]]:
    """Where the first success of each commit stands in the history."""
    rows = await tx.fetch(_FIRSTS, repository=repository, environment=environment, shas=list(shas))
    return {row["sha"]: (row["effective_at"], row["source"], row["external_id"]) for row in rows}


async def environments(
    tx: Transaction, repository: str, since: datetime, most: int
) -> Sequence[str]:
    """Up to `most` environments that the repository was deployed to since then."""
    rows = await tx.fetch(_ENVIRONMENTS, repository=repository, since=since, most=most)
    return [row["environment"] for row in rows]


# ── rollbacks ────────────────────────────────────────────────────────────────

_POINT = (
    update(deployment)
    .where(deployment.c.id == bindparam("of_id"))
    .values(rollback_of_id=bindparam("target"))
)

_UNEDITED = ~(literal_column("'status'") == any_(deployment.c.edited))

_TAKEN_BACK = (
    update(deployment)
    .where(
        deployment.c.id == any_(bindparam("ids", type_=_IDS)),
        deployment.c.status == DeploymentStatus.SUCCESS.value,
        _UNEDITED,
    )
    .values(status=DeploymentStatus.ROLLED_BACK.value)
    .returning(deployment.c.id)
)

_later = deployment.alias("later")

_STANDS_AGAIN = (
    update(deployment)
    .where(
        deployment.c.id == any_(bindparam("ids", type_=_IDS)),
        deployment.c.status == DeploymentStatus.ROLLED_BACK.value,
        _UNEDITED,
        ~exists().where(_later.c.rollback_of_id == deployment.c.id),
    )
    .values(status=DeploymentStatus.SUCCESS.value)
    .returning(deployment.c.id)
)


_reverting = deployment_pull_request.alias("reverting")
_reverted = deployment_pull_request.alias("reverted")
_now = deployment.alias("now")

_REVERTED = (
    select(_reverting.c.deployment_id.label("by_id"), deployment.c.id.label("of_id"))
    .ext(distinct_on(_reverting.c.deployment_id))
    .join(pull_request, pull_request.c.id == _reverting.c.pull_request_id)
    .join(_reverted, _reverted.c.pull_request_id == pull_request.c.reverts_id)
    .join(deployment, deployment.c.id == _reverted.c.deployment_id)
    .join(_now, _now.c.id == _reverting.c.deployment_id)
    .where(
        _reverting.c.deployment_id == any_(bindparam("ids", type_=_IDS)),
        deployment.c.repository == _now.c.repository,
        deployment.c.environment == _now.c.environment,
        deployment.c.status == _CAME_UP,
        tuple_(*_ORDER) < tuple_(*(_now.c[each.name] for each in _ORDER)),
    )
    .order_by(_reverting.c.deployment_id, *(each.desc() for each in _ORDER))
)


async def reverted(tx: Transaction, deployments: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Each of these that reverts a pull request, with the last one before it that brought that."""
    rows = await tx.fetch(_REVERTED, ids=list(deployments))
    return {row["by_id"]: row["of_id"] for row in rows}


async def point(tx: Transaction, targets: Mapping[UUID, UUID | None]) -> None:
    """Say of each deployment which one it took back, if any."""
    await tx.each(_POINT, [{"of_id": id_, "target": each} for id_, each in targets.items()])


async def mark(tx: Transaction, taken: Collection[UUID], released: Collection[UUID]) -> set[UUID]:
    """Give deployments the status that follows from being taken back, or no more; the changed."""
    rows = await tx.fetch(_TAKEN_BACK, ids=list(taken))
    rows += await tx.fetch(_STANDS_AGAIN, ids=list(released))
    return {row["id"] for row in rows}


# ── commits and pull requests ────────────────────────────────────────────────

_PUSHES = (
    select(push.c.before, push.c.after, push.c.commits)
    .where(push.c.repository == bindparam("repository"), push.c.pushed_at <= bindparam("until"))
    .order_by(push.c.pushed_at.desc(), push.c.after, push.c.before, push.c.ref)
    .limit(bindparam("most"))
)

_PUSH_NAMES = ("id", "repository", "ref", "before", "after", "commits", "pushed_at")
_new_push = upserting(push).values(
    {name: bindparam(name, type_=push.c[name].type) for name in _PUSH_NAMES}
)
_PUT_PUSH = _new_push.on_conflict_do_update(
    index_elements=["repository", "ref", "before", "after"],
    set_={name: _new_push.excluded[name] for name in ("commits", "pushed_at")},
)

_COMMITS = select(deployment_commit.c.deployment_id, deployment_commit.c.sha).where(
    deployment_commit.c.deployment_id == any_(bindparam("ids", type_=_IDS))
)

_DROP_COMMITS = delete(deployment_commit).where(
    deployment_commit.c.deployment_id == bindparam("deployment_id"),
    deployment_commit.c.sha == any_(bindparam("shas", type_=_TEXTS)),
)

_brought = (
    select(deployment.c.id.label("deployment_id"), pull_request.c.id.label("pull_request_id"))
    .join(deployment_commit, deployment_commit.c.deployment_id == deployment.c.id)
    .join(
        pull_request,
        (pull_request.c.merge_sha == deployment_commit.c.sha)
        & (pull_request.c.repository == deployment.c.repository),
    )
    .where(deployment.c.id == any_(bindparam("ids", type_=_IDS)))
).subquery("brought")

_LINK = (
    upserting(deployment_pull_request)
    .from_select(
        ["deployment_id", "pull_request_id", "recorded"],
        select(_brought.c.deployment_id, _brought.c.pull_request_id, literal_column("false")),
    )
    .on_conflict_do_nothing()
    .returning(deployment_pull_request.c.deployment_id)
)

_UNLINK = (
    delete(deployment_pull_request)
    .where(
        deployment_pull_request.c.deployment_id == any_(bindparam("ids", type_=_IDS)),
        ~deployment_pull_request.c.recorded,
        ~exists().where(
            _brought.c.deployment_id == deployment_pull_request.c.deployment_id,
            _brought.c.pull_request_id == deployment_pull_request.c.pull_request_id,
        ),
    )
    .returning(deployment_pull_request.c.deployment_id)
)


async def put_push(tx: Transaction, **values: object) -> None:
    """Keep a push, or what is newly known of it."""
    await tx.run(_PUT_PUSH, **values)


async def pushes(tx: Transaction, repository: str, until: datetime, most: int) -> Iterable[Push]:
    """The repository's last pushes up to a time."""
    rows = await tx.fetch(_PUSHES, repository=repository, until=until, most=most)
    return [Push(row["before"], row["after"], tuple(row["commits"])) for row in rows]


async def set_commits(tx: Transaction, wanted: Mapping[UUID, frozenset[str]]) -> set[UUID]:
    """Make these the commits that each deployment brought; the deployments that changed."""
    kept: dict[UUID, set[str]] = {id_: set() for id_ in wanted}
    for row in await tx.fetch(_COMMITS, ids=list(wanted)):
        kept[row["deployment_id"]].add(row["sha"])
    changed = {id_ for id_ in wanted if kept[id_] != wanted[id_]}
    for id_ in changed:
        await tx.run(_DROP_COMMITS, deployment_id=id_, shas=list(kept[id_] - wanted[id_]))
        rows: list[dict[str, object]] = [
            {"deployment_id": id_, "sha": sha} for sha in sorted(wanted[id_] - kept[id_])
        ]
        await insert_rows(tx, deployment_commit, rows)
    return changed


async def link_pull_requests(tx: Transaction, deployments: Collection[UUID]) -> set[UUID]:
    """Make their pull requests those whose merge commit they brought; the changed deployments.

    What somebody recorded of a deployment's pull requests stays.
    """
    ids = list(deployments)
    rows = await tx.fetch(_UNLINK, ids=ids)
    rows += await tx.fetch(_LINK, ids=ids)
    return {row["deployment_id"] for row in rows}
