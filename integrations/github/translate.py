"""GitHub's events in the words of the post-mortem. Pure: JSON in, observations out.

https://docs.github.com/en/webhooks/webhook-events-and-payloads describes the bodies.
"""

import re
from datetime import datetime
from enum import IntEnum

from integrations.github.production import ENVIRONMENT, Production
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
    second as a success is the word that stands. What was read is what had become of it by then.
    """

    PUSH = 0
    PULL_REQUEST_OPENED = 10
    PULL_REQUEST_CHANGED = 11
    PULL_REQUEST_CLOSED = 12
    PULL_REQUEST_READ = 13
    DEPLOYMENT_CREATED = 20
    DEPLOYMENT_PENDING = 21
    DEPLOYMENT_IN_PROGRESS = 22
    DEPLOYMENT_SUCCESS = 23
    DEPLOYMENT_FAILURE = 24


STATES = {
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
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_COMMITS_LIMIT = 2_048
"""The most that GitHub names in one push."""

BODY_LIMIT = 100_000
"""Characters of a description that are searched; GitHub ends it at 65,536."""

_DEPENDS_ON = re.compile(
    r"\s*(?:[-*]\s+)?depends[- ]on:\s*(#[0-9]+\b(?:[\s,]+#[0-9]+\b)*)", re.IGNORECASE
)
_NUMBER = re.compile(r"#([1-9][0-9]{0,8})\b")
_DEPENDS_ON_LIMIT = 50


_REVERTS = re.compile(r"\s*reverts:?\s+([\w.-]+/[\w.-]+)?#([1-9][0-9]{0,8})\b", re.IGNORECASE)
_REVERT_BRANCH = re.compile(r"revert-([1-9][0-9]{0,8})-")

_CONCLUSIONS = {
    "success": (DeploymentState.SUCCESS, Rank.DEPLOYMENT_SUCCESS),
    "failure": (DeploymentState.FAILURE, Rank.DEPLOYMENT_FAILURE),
    "timed_out": (DeploymentState.FAILURE, Rank.DEPLOYMENT_FAILURE),
    "startup_failure": (DeploymentState.FAILURE, Rank.DEPLOYMENT_FAILURE),
    "cancelled": (DeploymentState.FAILURE, Rank.DEPLOYMENT_FAILURE),
}
"""How a workflow's run may end. One that was skipped, or waits for somebody, deployed nothing."""


def observations(
    event: str, payload: JsonObject, digest: str, production: Production
) -> Observations:
    """What one event says; nothing where it is of a kind, or about a thing, we do not follow.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    match event:
        case "deployment":
            return _deployment(payload, digest, production)
        case "deployment_status":
            return _deployment_status(payload, digest, production)
        case "pull_request":
            return (_pull_request(payload, digest),)
        case "push":
            return _push(payload, digest)
        case "release" if production.releases:
            return _release(payload, digest)
        case "workflow_run" if production.workflow:
            return _workflow_run(payload, digest, production.workflow)
        case _:
            return ()


def repository_of(payload: JsonObject) -> str:
    """The repository that an event comes from, "owner/name"; "" where it is none's."""
    repository = payload.object_or_none("repository")
    return (repository.identity_or_none("full_name") if repository else None) or ""


def _deployment(payload: JsonObject, digest: str, production: Production) -> Observations:
    if payload.prose("action", NAME_LIMIT) != "created":
        return ()
    deployment = payload.object("deployment")
    moment = Moment(deployment.instant("created_at"), Rank.DEPLOYMENT_CREATED.value, digest)
    environment = production.named(deployment.identity("environment"))
    return (_observed(payload, moment, DeploymentState.PENDING, environment),)


def _deployment_status(payload: JsonObject, digest: str, production: Production) -> Observations:
    if payload.prose("action", NAME_LIMIT) != "created":
        return ()
    status = payload.object("deployment_status")
    known = STATES.get(status.identity("state"))
    if known is None:
        return ()
    state, rank = known
    moment = Moment(status.instant("created_at"), rank.value, digest)
    # A status may move the deployment to another environment; then its word is the newer one.
    moved_to = status.identity_or_none("environment")
    environment = moved_to or payload.object("deployment").identity("environment")
    url = status.web_url("log_url", "target_url")
    return (_observed(payload, moment, state, production.named(environment), url),)


def _observed(
    payload: JsonObject,
    moment: Moment,
    state: DeploymentState,
    environment: str,
    url: str | None = None,
) -> DeploymentObserved:
    deployment = payload.object("deployment")
    return DeploymentObserved(
        moment=moment,
        external_id=deployment.numeric_id("id"),
        repository=_repository(payload),
        sha=deployment.identity("sha"),
        environment=environment,
        state=state,
        ref=deployment.prose("ref", NAME_LIMIT),
        created_at=deployment.instant_or_none("created_at"),
        deployer=_person(deployment, "creator"),
        url=url,
    )


def _release(payload: JsonObject, digest: str) -> Observations:
    """A release that is out, where the event names its commit: it may name only a branch, on which
    others can stand by now. Then it is polled for."""
    release = payload.object("release")
    out = payload.prose("action", NAME_LIMIT) in ("published", "released")
    target = release.identity_or_none("target_commitish") or ""
    beside = release.flag("draft") or release.flag("prerelease")
    if not out or beside or not _COMMIT.fullmatch(target):
        return ()
    published_at = release.instant("published_at")
    return (
        DeploymentObserved(
            moment=Moment(published_at, Rank.DEPLOYMENT_SUCCESS.value, digest),
            external_id=f"release:{release.numeric_id('id')}",
            repository=_repository(payload),
            sha=target,
            environment=ENVIRONMENT,
            state=DeploymentState.SUCCESS,
            ref=release.identity("tag_name"),
            created_at=published_at,
            deployer=_person(release, "author"),
            url=release.web_url("html_url"),
        ),
    )


def _workflow_run(payload: JsonObject, digest: str, workflow: str) -> Observations:
    path = payload.object("workflow").identity("path", limit=PROSE_LIMIT)
    if path.rpartition("/")[2] != workflow:
        return ()
    return observed_run(payload.object("workflow_run"), _repository(payload), digest)


def observed_run(run: JsonObject, repository: str, digest: str) -> Observations:
    """What one run of a workflow that deploys says, in an event or in a list of runs.

    Each attempt is a deployment of its own: to run an old one again deploys its commit again.
    """
    started_at = run.instant("run_started_at")
    known = _state_of_run(run)
    if known is None:
        return ()
    state, rank = known
    ended_at = max(run.instant("updated_at"), started_at)
    at = ended_at if run.prose("status", NAME_LIMIT) == "completed" else started_at
    return (
        DeploymentObserved(
            moment=Moment(at, rank.value, digest),
            external_id=f"run:{run.numeric_id('id')}:{run.whole('run_attempt', default=1)}",
            repository=repository,
            sha=run.identity("head_sha"),
            environment=ENVIRONMENT,
            state=state,
            ref=run.prose("head_branch", NAME_LIMIT),
            created_at=started_at,
            deployer=_person(run, "triggering_actor"),
            url=run.web_url("html_url"),
        ),
    )


def _state_of_run(run: JsonObject) -> tuple[DeploymentState, Rank] | None:
    match run.prose("status", NAME_LIMIT):
        case "completed":
            return _CONCLUSIONS.get(run.identity_or_none("conclusion") or "")
        case "in_progress":
            return STATES["in_progress"]
        case _:
            return STATES["queued"]


def _pull_request(payload: JsonObject, digest: str) -> PullRequestObserved:
    pull = payload.object("pull_request")
    action = payload.prose("action", NAME_LIMIT) or ""
    rank = _PULL_REQUEST_RANKS.get(action, Rank.PULL_REQUEST_CHANGED)
    number = pull.whole("number")
    merged_at = pull.instant_or_none("merged_at")
    body = pull.prose("body", BODY_LIMIT)
    head = pull.object_or_none("head")
    repository = _repository(payload)
    return PullRequestObserved(
        moment=Moment(pull.instant("updated_at"), rank.value, digest),
        repository=repository,
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
        depends_on=depends_on(body, number),
        reverts=reverts(body, head.prose("ref", NAME_LIMIT) if head else None, repository),
    )


def depends_on(description: str | None, itself: int) -> tuple[int, ...]:
    """The numbers in lines that begin `Depends-on: #12` or `Depends-on: #12, #13`."""
    lines = map(_DEPENDS_ON.match, (description or "").splitlines())
    lists = [line.group(1) for line in lines if line]
    numbers = {int(number) for listed in lists for number in _NUMBER.findall(listed)}
    return tuple(sorted(numbers - {itself})[:_DEPENDS_ON_LIMIT])


def reverts(description: str | None, branch: str | None, repository: str) -> int | None:
    """The number of the pull request that this one takes back, by its words or by its branch."""
    for line in map(_REVERTS.match, (description or "").splitlines()):
        if line and (line[1] or repository).lower() == repository.lower():
            return int(line[2])
    named = _REVERT_BRANCH.match(branch or "")
    return int(named[1]) if named else None


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
