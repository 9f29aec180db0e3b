"""Reading one page of one repository: its lists from where they stand, each record by itself."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.contract import Malformed, Missing, Unreadable
from integrations.github import nodes
from integrations.github.ask import GitHubApi
from integrations.github.compare import brought, last_steps, steps, that_came_up
from integrations.github.cursor import Progress, Stretch
from integrations.github.production import Production
from integrations.observation import DeploymentObserved, DeploymentState, Observation, Observations
from integrations.payload import JsonObject, as_object, read_object

RUNS_PER_PAGE = 50

_UNENDED = {DeploymentState.PENDING, DeploymentState.IN_PROGRESS}


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of a repository: its records go by `event`, and are sorted by their field `at`."""

    event: str
    at: str


LISTS = {
    "deployments": RecordList(nodes.DEPLOYMENT, "createdAt"),
    "pullRequests": RecordList(nodes.PULL_REQUEST, "updatedAt"),
    "releases": RecordList(nodes.RELEASE, "createdAt"),
    "runs": RecordList(nodes.RUN, "created_at"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says, what of it could not be read, and how far the repository is read now."""

    observations: Observations
    unreadable: Sequence[Unreadable]
    progress: Progress


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of a page of one list; `after` is None where it is the list's last."""

    kind: RecordList
    records: Sequence[Any]
    after: str | None


def lists_of(production: Production) -> Sequence[str]:
    """The lists that say something of a repository."""
    wanted = {"releases": production.releases, "runs": production.workflow is not None}
    return [name for name in LISTS if wanted.get(name, True)]


async def read_page(
    api: GitHubApi, repository: str, progress: Progress, production: Production
) -> Page:
    """Read a page of each list that is not at its end, and compare the deployments on it."""
    open_lists = {name: each for name, each in progress.lists.items() if not each.done}
    name, pages = await _pages(api, repository, open_lists, production)
    seen: list[Observation] = []
    unreadable: list[Unreadable] = []
    lists = dict(progress.lists)
    for each, records in pages.items():
        told, lists[each] = _read(records, lists[each], name, production, unreadable)
        seen += told
    deployed = that_came_up(each for each in seen if isinstance(each, DeploymentObserved))
    found, chains = steps(progress.chains, deployed)
    now = Progress(lists, chains)
    for step in (*found, *(last_steps(chains) if now.done else ())):
        push = await brought(api, name, step)
        seen += [push] if push else []
    return Page(seen, unreadable, now)


async def _pages(
    api: GitHubApi, repository: str, lists: Mapping[str, Stretch], production: Production
) -> tuple[str, Mapping[str, _Records]]:
    """The next page of each list, and the name that the repository has now."""
    pages: dict[str, _Records] = {}
    wanted = {name: each.after for name, each in lists.items() if name != "runs"}
    if wanted:
        answer = await api.page(repository, wanted)
        repository = answer.identity("nameWithOwner")
        pages = {name: _connection(answer.object(name), LISTS[name]) for name in wanted}
    if "runs" in lists:
        pages["runs"] = await _runs(api, repository, lists["runs"], production)
    return repository, pages


def _connection(connection: JsonObject, kind: RecordList) -> _Records:
    info = connection.object("pageInfo")
    after = info.identity("endCursor") if info.flag("hasNextPage") else None
    return _Records(kind, connection.items("nodes", nodes.LIMIT), after)


async def _runs(
    api: GitHubApi, repository: str, stretch: Stretch, production: Production
) -> _Records:
    """The runs of the workflow that deploys, the next ones by time: page numbers would shift."""
    query = {"per_page": str(RUNS_PER_PAGE)}
    if stretch.until or stretch.after:
        query["created"] = f"{stretch.until or '*'}..{stretch.after or '*'}"
    path = f"/repos/{repository}/actions/workflows/{production.workflow}/runs"
    try:
        answer = read_object((await api.get(path, query)).body)
    except Missing:  # the workflow, of which `check` tells; the rest of the repository is there
        return _Records(LISTS["runs"], (), None)
    runs = answer.items("workflow_runs", RUNS_PER_PAGE)
    oldest = as_object(runs[-1], "workflow_runs").identity("created_at") if runs else None
    full = len(runs) == RUNS_PER_PAGE and oldest != stretch.after
    return _Records(LISTS["runs"], runs, oldest if full else None)


def _read(
    page: _Records,
    stretch: Stretch,
    repository: str,
    production: Production,
    unreadable: list[Unreadable],
) -> tuple[list[Observation], Stretch]:
    """What the records of a page say, and the stretch with them; what is unreadable is put by."""
    seen: list[Observation] = []
    times: list[datetime] = []
    unended: list[datetime] = []
    for record in page.records:
        try:
            node = as_object(record, page.kind.event)
            told = nodes.observed(page.kind.event, node, repository, production)
            at = node.instant(page.kind.at)
        except Malformed as error:
            unreadable.append(_unreadable(page.kind.event, repository, record, error))
            continue
        seen += told
        times.append(at)
        unended += [at] if _is_unended(told) else []
    return seen, stretch.on(times, unended, page.after)


def _is_unended(told: Iterable[Observation]) -> bool:
    deployed = [each for each in told if isinstance(each, DeploymentObserved)]
    last = max(deployed, key=lambda each: each.moment, default=None)
    return last is not None and last.state in _UNENDED


def _unreadable(event: str, repository: str, record: Any, error: Malformed) -> Unreadable:
    """A record as it is kept: with its repository, so that it can be read by itself."""
    body = json.dumps({"repository": repository, "node": record})
    key = f"{event}:{nodes.digest_of_json([repository, record])}"
    return Unreadable(key, event, str(error), body.encode())
