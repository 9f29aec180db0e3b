"""GitHub's events in the words of the post-mortem. Pure: JSON in, observations out.

https://docs.github.com/en/webhooks/webhook-events-and-payloads describes the bodies.
"""

import re
from datetime import datetime
from enum import IntEnum

from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Moment,
    Observations,
    PersonRef,
    PullRequestObserved,
    PushObserved,
)
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, TITLE_LIMIT, JsonObject


class Rank(IntEnum):
    """What comes first where GitHub's times, which are whole seconds, are equal.

    A push makes a pull request, whose merge makes a deployment; a failure reported in the same
    second as a success is the word that stands.
    """

    PUSH = 0
    PULL_REQUEST_OPENED = 10
    PULL_REQUEST_CHANGED = 11
    PULL_REQUEST_CLOSED = 12
    DEPLOYMENT_CREATED = 20
    DEPLOYMENT_PENDING = 21
    DEPLOYMENT_IN_PROGRESS = 22
    DEPLOYMENT_SUCCESS = 23
    DEPLOYMENT_FAILURE = 24


_STATES = {
    "queued": (DeploymentState.PENDING, Rank.DEPLOYMENT_PENDING),
    "waiting": (DeploymentState.PENDING, Rank.DEPLOYMENT_PENDING),
    "pending": (DeploymentState.PENDING, Rank.DEPLOYMENT_PENDING),
    "in_progress": (DeploymentState.IN_PROGRESS, Rank.DEPLOYMENT_IN_PROGRESS),
    "success": (DeploymentState.SUCCESS, Rank.DEPLOYMENT_SUCCESS),
    "failure": (DeploymentState.FAILURE, Rank.DEPLOYMENT_FAILURE),
    "error": (DeploymentState.FAILURE, Rank.DEPLOYMENT_FAILURE),
}
"""GitHub's states of a deployment. "inactive" is left out: that a later deployment took its place
says nothing of how this one went."""

_PULL_REQUEST_RANKS = {
    "opened": Rank.PULL_REQUEST_OPENED,
    "closed": Rank.PULL_REQUEST_CLOSED,
}

_BRANCH = "refs/heads/"
_NO_COMMIT = re.compile("0+")
_COMMITS_LIMIT = 2_048
"""The most that GitHub names in one push."""

_BODY_LIMIT = 100_000
"""Characters of a description that are searched; GitHub ends it at 65,536."""

_DEPENDS_ON = re.compile(
    r"\s*(?:[-*]\s+)?depends[- ]on:\s*(#[0-9]+\b(?:[\s,]+#[0-9]+\b)*)", re.IGNORECASE
)
_NUMBER = re.compile(r"#([1-9][0-9]{0,8})\b")
_DEPENDS_ON_LIMIT = 50


def observations(event: str, payload: JsonObject, digest: str) -> Observations:
    """What one event says; nothing where it is of a kind, or about a thing, we do not follow.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    match event:
        case "deployment":
            return _deployment(payload, digest)
        case "deployment_status":
            return _deployment_status(payload, digest)
        case "pull_request":
            return (_pull_request(payload, digest),)
        case "push":
            return _push(payload, digest)
        case _:
            return ()


def _deployment(payload: JsonObject, digest: str) -> Observations:
    if payload.prose("action", NAME_LIMIT) != "created":
        return ()
    deployment = payload.object("deployment")
    created_at = deployment.instant("created_at")
    moment = Moment(created_at, Rank.DEPLOYMENT_CREATED.value, digest)
    return (_observed(payload, deployment, moment, DeploymentState.PENDING, status=None),)


def _deployment_status(payload: JsonObject, digest: str) -> Observations:
    if payload.prose("action", NAME_LIMIT) != "created":
        return ()
    status = payload.object("deployment_status")
    known = _STATES.get(status.identity("state"))
    if known is None:
        return ()
    state, rank = known
    moment = Moment(status.instant("created_at"), rank.value, digest)
    return (_observed(payload, payload.object("deployment"), moment, state, status),)


def _observed(
    payload: JsonObject,
    deployment: JsonObject,
    moment: Moment,
    state: DeploymentState,
    status: JsonObject | None,
) -> DeploymentObserved:
    # A status may move the deployment to another environment; then its word is the newer one.
    moved_to = status.identity_or_none("environment") if status else None
    return DeploymentObserved(
        moment=moment,
        external_id=deployment.numeric_id("id"),
        repository=_repository(payload),
        sha=deployment.identity("sha"),
        environment=moved_to or deployment.identity("environment"),
        state=state,
        ref=deployment.prose("ref", NAME_LIMIT),
        created_at=deployment.instant_or_none("created_at"),
        deployer=_person(deployment, "creator"),
        url=status.web_url("log_url", "target_url") if status else None,
    )


def _pull_request(payload: JsonObject, digest: str) -> PullRequestObserved:
    pull = payload.object("pull_request")
    action = payload.prose("action", NAME_LIMIT) or ""
    rank = _PULL_REQUEST_RANKS.get(action, Rank.PULL_REQUEST_CHANGED)
    number = pull.whole("number")
    merged_at = pull.instant_or_none("merged_at")
    return PullRequestObserved(
        moment=Moment(pull.instant("updated_at"), rank.value, digest),
        repository=_repository(payload),
        number=number,
        title=pull.prose("title", TITLE_LIMIT) or "",
        additions=pull.whole("additions", default=0),
        deletions=pull.whole("deletions", default=0),
        changed_files=pull.whole("changed_files", default=0),
        author=_person(pull, "user"),
        merged_by=_person(pull, "merged_by"),
        merged_at=merged_at,
        # Until it is merged, this names a trial merge that is on no branch.
        merge_sha=pull.identity_or_none("merge_commit_sha") if merged_at else None,
        url=pull.web_url("html_url"),
        depends_on=_depends_on(pull.prose("body", _BODY_LIMIT), number),
    )


def _depends_on(description: str | None, itself: int) -> tuple[int, ...]:
    """The numbers in lines that begin `Depends-on: #12` or `Depends-on: #12, #13`."""
    lines = map(_DEPENDS_ON.match, (description or "").splitlines())
    lists = [line.group(1) for line in lines if line]
    numbers = {int(number) for listed in lists for number in _NUMBER.findall(listed)}
    return tuple(sorted(numbers - {itself})[:_DEPENDS_ON_LIMIT])


def _push(payload: JsonObject, digest: str) -> Observations:
    ref = payload.identity("ref", limit=PROSE_LIMIT)
    after = payload.identity("after")
    if not ref.startswith(_BRANCH) or payload.flag("deleted") or _NO_COMMIT.fullmatch(after):
        return ()
    commits = payload.objects("commits", _COMMITS_LIMIT)
    moment = Moment(_pushed_at(payload), Rank.PUSH.value, digest)
    return (
        PushObserved(
            moment=moment,
            repository=_repository(payload),
            ref=ref,
            before=payload.identity("before"),
            after=after,
            commits=tuple(commit.identity("id") for commit in commits),
        ),
    )


def _pushed_at(payload: JsonObject) -> datetime:
    """When the branch moved. A commit's own time is when it was written, which may be long ago
    or wrong; it stands in only where the repository does not tell."""
    pushed_at = payload.object("repository").instant_or_none("pushed_at")
    return pushed_at or payload.object("head_commit").instant("timestamp")


def _repository(payload: JsonObject) -> str:
    return payload.object("repository").identity("full_name")


def _person(holder: JsonObject, name: str) -> PersonRef | None:
    account = holder.object_or_none(name)
    if account is None or account.prose("type", NAME_LIMIT) != "User":
        return None
    return PersonRef(
        provider="github",
        external_id=account.numeric_id("id"),
        handle=account.identity_or_none("login"),
    )
