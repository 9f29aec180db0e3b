"""Our own dialect: one flat object, short enough to be written into a pipeline by hand."""

import re

from integrations.contract import Malformed
from integrations.intake import names
from integrations.intake.said import Said
from integrations.observation import DeploymentState, PersonRef
from integrations.payload import NAME_LIMIT, URL_LIMIT, JsonObject

PRODUCTION = "production"
"""The environment where none is given."""

_STATES = {
    "pending": DeploymentState.PENDING,
    "in_progress": DeploymentState.IN_PROGRESS,
    "running": DeploymentState.IN_PROGRESS,
    "success": DeploymentState.SUCCESS,
    "failure": DeploymentState.FAILURE,
    "failed": DeploymentState.FAILURE,
    "cancelled": DeploymentState.FAILURE,
    "canceled": DeploymentState.FAILURE,
}
"""Also the words in which GitHub Actions and GitLab tell a job how it went."""

_MEMBERS = (
    "repository", "sha", "environment", "status", "startedAt", "finishedAt", "id", "ref", "url",
    "pullRequests", "deployer",
)  # fmt: skip
_MEMBERS_OF_DEPLOYER = ("provider", "id", "handle", "name", "email")

_MOST_PULL_REQUESTS = 250
_LARGEST_NUMBER = 2**31 - 1

_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_OURSELVES = "intake"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST_EMAIL = 254


def said(body: JsonObject, digest: str) -> Said:
    """What the object tells.

    Raises:
        Malformed: a member is unknown, missing or wrong; the message names it.
    """
    _refuse_others(body, _MEMBERS)
    repository = names.repository(body.identity("repository", URL_LIMIT), "repository")
    sha = names.commit(body.identity("sha"), "sha")
    environment = body.identity_or_none("environment") or PRODUCTION
    return Said(
        known_as=_known_as(body, (repository, sha, environment), digest),
        repository=repository,
        sha=sha,
        environment=environment,
        state=_state(body),
        started_at=body.instant_or_none("startedAt"),
        finished_at=body.instant_or_none("finishedAt"),
        ref=body.prose("ref", NAME_LIMIT),
        url=_url(body),
        deployer=_deployer(body.object_or_none("deployer")),
        pull_requests=_pull_requests(body),
    )


def _known_as(body: JsonObject, place: tuple[str, str, str], digest: str) -> str:
    """Its id there; else what, where and when; and of a body without any time, itself."""
    repository, _, environment = place
    id_ = body.identity_or_none("id")
    if id_:
        return names.digest("json", repository, environment, id_)
    when = body.instant_or_none("startedAt") or body.instant_or_none("finishedAt")
    return names.digest("json", *place, when.isoformat() if when else digest)


def _state(body: JsonObject) -> DeploymentState:
    word = body.identity_or_none("status") or "success"
    state = _STATES.get(word.lower())
    if state is None:
        raise Malformed(f"status must be one of {', '.join(_STATES)}")
    return state


def _url(body: JsonObject) -> str | None:
    url = body.web_url("url")
    if url is None and body.identity_or_none("url", URL_LIMIT):
        raise Malformed("url must begin with http:// or https://")
    return url


def _pull_requests(body: JsonObject) -> tuple[int, ...]:
    numbers = body.fields.get("pullRequests")
    if numbers is None:
        return ()
    if type(numbers) is not list or len(numbers) > _MOST_PULL_REQUESTS:
        raise Malformed(f"pullRequests must be a list of at most {_MOST_PULL_REQUESTS}")
    if not all(type(each) is int and 0 < each <= _LARGEST_NUMBER for each in numbers):
        raise Malformed("pullRequests must be the numbers of pull requests")
    return tuple(sorted(set(numbers)))


def _deployer(person: JsonObject | None) -> PersonRef | None:
    if person is None:
        return None
    _refuse_others(person, _MEMBERS_OF_DEPLOYER)
    provider = person.identity_or_none("provider") or _OURSELVES
    if not _PROVIDER.fullmatch(provider):
        raise Malformed("deployer.provider must be in small letters, as github")
    email = person.identity_or_none("email", _LONGEST_EMAIL)
    if email and not _EMAIL.fullmatch(email):
        raise Malformed("deployer.email must be one address")
    return PersonRef(
        provider=provider,
        external_id=person.identity("id"),
        handle=person.identity_or_none("handle"),
        name=person.identity_or_none("name"),
        email=email,
    )


def _refuse_others(told: JsonObject, known: tuple[str, ...]) -> None:
    """A member with a typing error would otherwise be one that is left out."""
    for name in told.fields:
        if name not in known:
            where = f"{told.path}.{name}" if told.path else name
            raise Malformed(f"{where[:100]!a} is not known; known are {', '.join(known)}")
