"""How GitHub is asked: by GraphQL, by REST."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.contract import Connection, Denied, Http, Missing, Rejected, Reply, Unwell
from integrations.payload import NAME_LIMIT, JsonObject, read_object

PAGE = """
query Page(
  $owner: String!, $name: String!,
  $deployments: Boolean!, $deploymentsAfter: String,
  $pullRequests: Boolean!, $pullRequestsAfter: String,
  $releases: Boolean!, $releasesAfter: String
) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    deployments(
      first: 25, after: $deploymentsAfter, orderBy: {field: CREATED_AT, direction: DESC}
    ) @include(if: $deployments) {
      nodes {
        id databaseId commitOid createdAt environment originalEnvironment
        ref { name }
        creator { ...Account }
        statuses(first: 20) { nodes { id state createdAt environment logUrl } }
      }
      pageInfo { hasNextPage endCursor }
    }
    pullRequests(
      first: 25, after: $pullRequestsAfter, orderBy: {field: UPDATED_AT, direction: DESC}
    ) @include(if: $pullRequests) {
      nodes {
        number title body url additions deletions changedFiles headRefName updatedAt mergedAt
        mergeCommit { oid }
        author { ...Account }
        mergedBy { ...Account }
        files(first: 100) { nodes { path additions deletions } }
        reviews(first: 100) { nodes { id state submittedAt author { ...Account } } }
      }
      pageInfo { hasNextPage endCursor }
    }
    releases(
      first: 25, after: $releasesAfter, orderBy: {field: CREATED_AT, direction: DESC}
    ) @include(if: $releases) {
      nodes {
        databaseId tagName isDraft isPrerelease createdAt publishedAt url
        tagCommit { oid }
        author { ...Account }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
fragment Account on Actor { __typename login ... on User { databaseId } }
"""
"""One page of each list that is wanted; it costs one point of GitHub's budget."""

_HEADERS = {"accept": "application/vnd.github+json"}

_RAISED = {
    "NOT_FOUND": Missing,
    "FORBIDDEN": Denied,
    "INSUFFICIENT_SCOPES": Denied,
    "RATE_LIMITED": Unwell,
}


@dataclass(frozen=True, slots=True)
class GitHubApi:
    """GitHub's two interfaces for one connection.

    github.com has both at its root; an Enterprise server has REST at `/api/v3` and GraphQL at
    `/api/graphql`, so there `base_url` ends in `/api`.
    """

    connection: Connection
    http: Http

    async def page(self, repository: str, wanted: Mapping[str, str | None]) -> JsonObject:
        """The repository with a page of each list in `wanted`, after the given cursors.

        Raises:
            Missing, Denied, Unwell, Rejected: for GraphQL answers 200 and says in it what is wrong.
        """
        owner, _, name = repository.partition("/")
        variables: dict[str, Any] = {"owner": owner, "name": name}
        for each in ("deployments", "pullRequests", "releases"):
            variables |= {each: each in wanted, f"{each}After": wanted.get(each)}
        body = {"query": PAGE, "variables": variables}
        reply = await self.http.send("POST", "/graphql", body, headers=_HEADERS)
        return _with_lists(read_object(reply.body), wanted)

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """What is at a path of the REST API."""
        sent = {**_HEADERS, **(headers or {})}
        return await self.http.get(self._rest(path), query=query, headers=sent)

    async def post(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Do what a path of the REST API does, which needs no further word."""
        sent = {**_HEADERS, **(headers or {})}
        return await self.http.send("POST", self._rest(path), {}, headers=sent)

    def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Reply]:
        """One page of a path of the REST API after the other."""
        return self.http.pages(self._rest(path), query=query, headers=_HEADERS)

    def _rest(self, path: str) -> str:
        return f"/v3{path}" if self.connection.base_url.endswith("/api") else path


def _with_lists(answer: JsonObject, wanted: Iterable[str]) -> JsonObject:
    """The repository, where all that is wanted is there: what is wrong with a record is null."""
    data = answer.object_or_none("data")
    repository = data.object_or_none("repository") if data else None
    if repository and all(repository.object_or_none(name) for name in wanted):
        return repository
    errors = answer.objects("errors", 10)
    types = [error.prose("type", NAME_LIMIT) or "" for error in errors]
    # Of a query that is wrong it says where; of its own trouble it says no more than a sentence.
    says_why = any(types) or any(error.has("extensions") for error in errors)
    usual = Rejected if says_why else Unwell
    raised = next((_RAISED[each] for each in types if each in _RAISED), usual)
    raise raised(f"GitHub's GraphQL API does not give what was asked for: {', '.join(types)}")
