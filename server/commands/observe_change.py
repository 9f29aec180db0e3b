"""What sources say of pushes and pull requests, brought into state."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from integrations.observation import PullRequestObserved, PushObserved
from server.commands.deployment_history import PUSH_SKEW, Unsettled
from server.commands.work import Work
from server.store import deployment_history, observation, person
from server.store import pull_request as pull_requests
from server.store.directory import directory_of, words
from server.store.ids import new_id
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import pull_request

MAX_DEPLOYMENTS = 1_000
"""In how many deployments a pull request is looked for: it may go to many environments."""


def subject_of_push(seen: PushObserved) -> str:
    """What an observation of a push is about."""
    return f"push:{seen.repository}:{seen.before}:{seen.after}:{seen.ref}"


def subject_of_pull_request(seen: PullRequestObserved) -> str:
    """What an observation of a pull request is about."""
    return f"pull_request:{seen.repository}#{seen.number}"


async def apply_push(work: Work, source: str, seen: PushObserved, unsettled: Unsettled) -> None:
    """Keep a push as it was last told; what was deployed since is to be derived anew."""
    last = await observation.newest(work.tx, source, subject_of_push(seen))
    if not isinstance(last, PushObserved):
        return
    await deployment_history.put_push(
        work.tx,
        id=new_id(),
        repository=last.repository,
        ref=last.ref,
        before=last.before,
        after=last.after,
        commits=list(last.commits),
        pushed_at=last.moment.at,
    )
    unsettled.everywhere(last.repository, last.moment.at - PUSH_SKEW)


async def apply_pull_request(
    work: Work, source: str, seen: PullRequestObserved, unsettled: Unsettled
) -> None:
    """Bring a pull request to the state in which it was last told."""
    last = await observation.newest(work.tx, source, subject_of_pull_request(seen))
    if not isinstance(last, PullRequestObserved):
        return
    values = await _values(work, last)
    id_, changed = await _put(work, last, values)
    await _put_parts(work, source, seen, id_)
    depends_on = await pull_requests.ids_of(work.tx, last.repository, last.depends_on)
    ordered = await pull_requests.set_dependencies(work.tx, id_, depends_on)
    if changed or ordered:
        deployments = await pull_requests.deployments_of(work.tx, id_, MAX_DEPLOYMENTS)
        await deployment_history.link_pull_requests(work.tx, deployments)
        unsettled.deployed(deployments)
        since = await pull_requests.reverts_since(work.tx, id_, "reverts_id" in changed)
        if since:
            unsettled.everywhere(last.repository, since)


async def _put(
    work: Work, last: PullRequestObserved, values: dict[str, Any]
) -> tuple[UUID, Collection[str]]:
    """Insert it, or set the columns that are other ones now; its id, and which they are."""
    known = {"repository": last.repository, "number": last.number}
    title = words("title", values["title"], await directory_of(work.tx))
    row = await find_row(work.tx, pull_request, lock=True, **known)
    if row is None:
        id_ = new_id()
        await insert_row(work.tx, pull_request, id=id_, **known, **{**values, **title})
        return id_, [name for name, value in values.items() if value is not None]
    changes = {name: value for name, value in values.items() if row[name] != value}
    if "title" in changes:
        changes |= title
    await update_row(work.tx, pull_request, changes, id=row["id"])
    return row["id"], changes.keys()


async def _put_parts(work: Work, source: str, seen: PullRequestObserved, id_: UUID) -> None:
    """Set its files and reviews as they were last told, if what is new tells of them."""
    if seen.files is not None:
        last = await _last_telling(work, source, seen, "files")
        await pull_requests.set_files(work.tx, id_, last.files or ())
    if seen.reviews is not None:
        last = await _last_telling(work, source, seen, "reviews")
        reviews = last.reviews or ()
        reviewers = [each.reviewer for each in reviews if each.reviewer]
        people = await person.find_or_create(work.tx, reviewers)
        await pull_requests.set_reviews(work.tx, id_, reviews, people)


async def _last_telling(
    work: Work, source: str, seen: PullRequestObserved, field: str
) -> PullRequestObserved:
    subject = subject_of_pull_request(seen)
    last = await observation.newest_telling(work.tx, source, subject, field)
    return last if isinstance(last, PullRequestObserved) else seen


async def _values(work: Work, last: PullRequestObserved) -> dict[str, Any]:
    refs = [each for each in (last.author, last.merged_by) if each]
    people = await person.find_or_create(work.tx, refs)
    author, merged_by = (
        people[person.key_of(each)] if each else None for each in (last.author, last.merged_by)
    )
    numbers = [last.reverts] if last.reverts else []
    reverts = await pull_requests.ids_of(work.tx, last.repository, numbers)
    return {
        "title": last.title or f"#{last.number}",
        "author_id": author,
        "merged_by_id": merged_by,
        "merged_at": last.merged_at,
        "merge_sha": last.merge_sha,
        "additions": last.additions,
        "deletions": last.deletions,
        "changed_files": last.changed_files,
        "url": last.url,
        "reverts_id": reverts[0] if reverts else None,
    }
