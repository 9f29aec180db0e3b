"""What sources say of deployments, and of the changes that are in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from integrations.observation.refs import Moment, PersonRef


class DeploymentState(StrEnum):
    """What a source says of a deployment. Anything finer is folded into these."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


@dataclass(frozen=True, slots=True)
class DeploymentObserved:
    """A deployment was asked for or changed its state.

    `pull_requests` are the numbers of those that its source says it brings.
    """

    moment: Moment
    external_id: str
    repository: str
    sha: str
    environment: str
    state: DeploymentState
    ref: str | None = None
    created_at: datetime | None = None
    deployer: PersonRef | None = None
    url: str | None = None
    pull_requests: tuple[int, ...] = ()


class ReviewState(StrEnum):
    """What a reviewer said in the end. Anything finer is folded into these."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"


@dataclass(frozen=True, slots=True)
class ReviewSeen:
    """One review of a pull request; without `reviewer` it is an automation's."""

    external_id: str
    state: ReviewState
    submitted_at: datetime
    reviewer: PersonRef | None = None


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file that a pull request changes. Sizes are lines."""

    path: str
    additions: int = 0
    deletions: int = 0


@dataclass(frozen=True, slots=True)
class PullRequestObserved:
    """A pull request as it was at that moment. Sizes are lines.

    `depends_on` are the numbers of pull requests of the same repository that must be deployed
    first, in rising order; `reverts` is that of the one that it takes back. `merge_sha` is None
    until it is merged. `files` and `reviews` are None where the source says nothing of them, and
    the first hundred where there are more.
    """

    moment: Moment
    repository: str
    number: int
    title: str
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    author: PersonRef | None = None
    merged_by: PersonRef | None = None
    merged_at: datetime | None = None
    merge_sha: str | None = None
    url: str | None = None
    depends_on: tuple[int, ...] = ()
    reverts: int | None = None
    files: tuple[FileSeen, ...] | None = None
    reviews: tuple[ReviewSeen, ...] | None = None


@dataclass(frozen=True, slots=True)
class PushObserved:
    """Commits arrived on a branch: `before` was its head, `after` is, `commits` lie between.

    `ref` is the full one ("refs/heads/main"); `before` is all zeros where the branch is new.
    `commits` keep the source's order; of very many a source names only some (GitHub: 2,048),
    and none where the branch was moved back.
    """

    moment: Moment
    repository: str
    ref: str
    before: str
    after: str
    commits: tuple[str, ...]
