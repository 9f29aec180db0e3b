"""Pull requests, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one
from schema.engine.roots import Key, lookup
from schema.engine.row import Row
from schema.engine.words import words
from schema.fields import may_read_deployments
from schema.person import Person
from server.domain.review import ReviewState
from server.store import tables as t
from server.store.views import deployment as views
from server.store.views.sight import SEES_DEPLOYMENTS, told

words()(ReviewState)


@rows(t.pull_request_file, key=t.pull_request_file.c.path, order=[t.pull_request_file.c.path])
class ChangedFile(Row):
    """A file that a pull request changes."""

    path: str = column("Its path in the repository.")
    additions: int = column("Lines added.")
    deletions: int = column("Lines taken away.")


@rows(t.review, key=t.review.c.external_id, order=[t.review.c.submitted_at])
class Review(Row):
    """What somebody said of a pull request before it was merged."""

    reviewer: Person | None = one("Who; null for an automation.", t.review.c.reviewer_id)
    state: ReviewState = column("What they said.")
    submitted_at: datetime = column("When.")


@rows(
    t.pull_request,
    prefix="pr",
    visible=SEES_DEPLOYMENTS,
    allow=may_read_deployments,
    keys=[("id",), ("repository", "number")],
)
class PullRequest(Node):
    """A reviewed change to a repository."""

    repository: str = column("The repository, owner/name.")
    number: int = column("Its number there.")
    title: str = column("Its title.", told(t.pull_request.c.title))
    author: Person | None = one("Who wrote it; null for an automation.", t.pull_request.c.author_id)
    merged_by: Person | None = one("Who merged it.", t.pull_request.c.merged_by_id)
    merged_at: datetime | None = column("When it was merged.")
    additions: int = column("Lines added.")
    deletions: int = column("Lines taken away.")
    changed_files: int = column("Files changed.")
    url: str | None = column("Where the source shows it.")
    reverts: PullRequest | None = one(
        "The one that it takes back, as its description or its branch says.",
        t.pull_request.c.reverts_id,
    )
    depends_on: list[PullRequest] = many(
        "Those that must be deployed before this one, as its description declares.",
        through=(
            t.pull_request_dependency.c.pull_request_id,
            t.pull_request_dependency.c.depends_on_id,
        ),
        order=[t.pull_request.c.number],
    )
    files: list[ChangedFile] = many(
        "The files that it changes, as far as its source names them: at most a hundred.",
        via=t.pull_request_file.c.pull_request_id,
    )
    reviews: list[Review] = many(
        "Its reviews, the first one first.", via=t.review.c.pull_request_id
    )


@strawberry.type
class PullRequestQueries:
    pull_request: PullRequest | None = lookup(
        "One pull request.",
        keys={
            "repository": Key(
                str,
                "The repository, owner/name.",
                views.PULL_REQUEST_REPOSITORY,
            ),
            "number": Key(
                int,
                "Its number there.",
                views.PULL_REQUEST_NUMBER,
            ),
        },
        ways=[("repository", "number")],
    )
