"""What GitHub's API tells, in the words of the post-mortem. Pure: JSON in, observations out.

The same facts as in its webhooks, under the same identities, so that what was heard and what was
read are one. A digest is of what a node says, so that reading it again is no news.
"""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from integrations.contract import Connection, Malformed
from integrations.github.production import ENVIRONMENT, Production, production_of
from integrations.github.translate import (
    BODY_LIMIT,
    STATES,
    Rank,
    depends_on,
    observed_run,
    reverts,
)
from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    FileSeen,
    Moment,
    Observations,
    PersonRef,
    PullRequestObserved,
    ReviewSeen,
    ReviewState,
)
from integrations.payload import NAME_LIMIT, TITLE_LIMIT, JsonObject, digest_of

DEPLOYMENT = "deployment.node"
PULL_REQUEST = "pull_request.node"
RELEASE = "release.node"
RUN = "run.node"
SUFFIX = ".node"
"""Ends each kind of record; no webhook's event has a dot."""

LIMIT = 100
"""The most records that GitHub gives on a page."""

PATH_LIMIT = 500
"""Characters of a file's path; what is longer is cut."""

_REVIEWS = {each.value: each for each in ReviewState}

_NODE_ID = re.compile(rb"\x93\x00(?:[\x00-\x7f]|\xcc.|\xcd..|\xce.{4}|\xcf.{8})(.+)", re.DOTALL)
_LENGTHS = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}


def kept(event: str, body: JsonObject, connections: Iterable[Connection]) -> Observations:
    """What a record says that was put by because it was unreadable, with its repository's name.

    Raises:
        Malformed: it still is.
    """
    repository = body.identity("repository")
    production = production_of(repository, connections)
    return observed(event, body.object("node"), repository, production)


def observed(event: str, node: JsonObject, repository: str, production: Production) -> Observations:
    """What a node of the list that goes by `event` says.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    match event:
        case "deployment.node":
            return _deployment(node, repository, production)
        case "pull_request.node":
            return (_pull_request(node, repository),)
        case "release.node":
            return _release(node, repository)
        case "run.node":
            return observed_run(node, repository, _digest_of_run(node))
        case _:
            return ()


def digest_of_json(value: Any) -> str:
    """The digest of what `value` says, however it was written."""
    return digest_of(json.dumps(value, sort_keys=True).encode())


def _deployment(node: JsonObject, repository: str, production: Production) -> Observations:
    """That it was asked for, and each state that it was in since."""
    created_at = node.instant("createdAt")
    environment = node.identity("environment")
    asked = Moment(created_at, Rank.DEPLOYMENT_CREATED.value, digest_of_json(node.identity("id")))
    first = DeploymentObserved(
        moment=asked,
        external_id=_deployment_id(node),
        repository=repository,
        sha=node.identity("commitOid"),
        environment=production.named(node.identity_or_none("originalEnvironment") or environment),
        state=DeploymentState.PENDING,
        ref=_ref(node),
        created_at=created_at,
        deployer=_person(node, "creator"),
    )
    statuses = node.object_or_none("statuses")
    told = statuses.objects("nodes", LIMIT) if statuses else ()
    return (first, *(each for status in told for each in _status(status, first, production)))


def _status(status: JsonObject, first: DeploymentObserved, production: Production) -> Observations:
    known = STATES.get(status.identity("state").lower())
    if known is None:
        return ()
    state, rank = known
    moved_to = status.identity_or_none("environment")
    digest = digest_of_json(status.identity("id"))
    return (
        replace(
            first,
            moment=Moment(status.instant("createdAt"), rank.value, digest),
            environment=production.named(moved_to) if moved_to else first.environment,
            state=state,
            url=status.web_url("logUrl"),
        ),
    )


def _deployment_id(node: JsonObject) -> str:
    """The number that REST and webhooks know it by.

    GraphQL's Int has 32 bits and deployments are more than that; then it stands in the node's id,
    which is base64 of a MessagePack array: a version, the repository's number, and its own.
    """
    if node.fields.get("databaseId") is not None:
        return node.numeric_id("databaseId")
    _, _, packed = node.identity("id").rpartition("_")
    number = _last_number(packed)
    if number is None:
        raise Malformed("a deployment has no number that webhooks know it by")
    return str(number)


def _last_number(packed: str) -> int | None:
    try:
        found = _NODE_ID.fullmatch(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except ValueError:
        return None
    if found is None:
        return None
    kind, *rest = found[1]
    if not rest and kind < 0x80:
        return kind
    return int.from_bytes(bytes(rest)) if _LENGTHS.get(kind) == len(rest) else None


def _pull_request(node: JsonObject, repository: str) -> PullRequestObserved:
    number = node.whole("number")
    merged_at = node.instant_or_none("mergedAt")
    merge = node.object_or_none("mergeCommit")
    body = node.prose("body", BODY_LIMIT)
    digest = digest_of_json(dict(node.fields))
    return PullRequestObserved(
        moment=Moment(node.instant("updatedAt"), Rank.PULL_REQUEST_READ.value, digest),
        repository=repository,
        number=number,
        title=node.prose("title", TITLE_LIMIT) or "",
        additions=node.whole("additions", default=0),
        deletions=node.whole("deletions", default=0),
        changed_files=node.whole("changedFiles", default=0),
        author=_person(node, "author"),
        merged_by=_person(node, "mergedBy"),
        merged_at=merged_at,
        merge_sha=merge.identity("oid") if merge and merged_at else None,
        url=node.web_url("url"),
        depends_on=depends_on(body, number),
        reverts=reverts(body, node.prose("headRefName", NAME_LIMIT), repository),
        files=_files(node),
        reviews=_reviews(node),
    )


def _files(node: JsonObject) -> tuple[FileSeen, ...] | None:
    listed = node.object_or_none("files")
    if listed is None:
        return None
    return tuple(
        FileSeen(path, each.whole("additions", default=0), each.whole("deletions", default=0))
        for each in listed.objects("nodes", LIMIT)
        if (path := each.prose("path", PATH_LIMIT))
    )


def _reviews(node: JsonObject) -> tuple[ReviewSeen, ...] | None:
    """Those that were handed in: of one that is still being written there is no time."""
    listed = node.object_or_none("reviews")
    if listed is None:
        return None
    return tuple(
        ReviewSeen(each.identity("id"), _REVIEWS[state], at, _person(each, "author"))
        for each in listed.objects("nodes", LIMIT)
        if (state := each.prose("state", NAME_LIMIT)) in _REVIEWS
        and (at := each.instant_or_none("submittedAt"))
    )


def _release(node: JsonObject, repository: str) -> Observations:
    commit = node.object_or_none("tagCommit")
    published_at = node.instant_or_none("publishedAt")
    if commit is None or published_at is None or node.flag("isDraft") or node.flag("isPrerelease"):
        return ()
    digest = digest_of_json(commit.identity("oid"))
    return (
        DeploymentObserved(
            moment=Moment(published_at, Rank.DEPLOYMENT_SUCCESS.value, digest),
            external_id=f"release:{node.numeric_id('databaseId')}",
            repository=repository,
            sha=commit.identity("oid"),
            environment=ENVIRONMENT,
            state=DeploymentState.SUCCESS,
            ref=node.identity("tagName"),
            created_at=published_at,
            deployer=_person(node, "author"),
            url=node.web_url("url"),
        ),
    )


def _digest_of_run(node: JsonObject) -> str:
    told = ("id", "run_attempt", "status", "conclusion", "updated_at")
    return digest_of_json([node.fields.get(name) for name in told])


def _ref(node: JsonObject) -> str | None:
    ref = node.object_or_none("ref")
    return ref.prose("name", NAME_LIMIT) if ref else None


def _person(node: JsonObject, name: str) -> PersonRef | None:
    account = node.object_or_none(name)
    if account is None or account.prose("__typename", NAME_LIMIT) != "User":
        return None
    return PersonRef(
        provider="github",
        external_id=account.numeric_id("databaseId"),
        handle=account.identity_or_none("login"),
    )
