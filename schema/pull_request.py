"""Pull requests, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.engine.declare import Node, column, rows
from schema.engine.edges import many, one
from schema.engine.roots import Key, lookup
from schema.fields import may_read_deployments
from schema.person import Person
from server.store import tables as t
from server.store.views import deployment as views
from server.store.views.sight import SEES_DEPLOYMENTS, told


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
