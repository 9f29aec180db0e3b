"""Which commits a deployment brought: each is compared with the one that ran before it.

Webhooks tell the same by pushes; a comparison fills in those that were not heard.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.contract import Missing
from integrations.github.ask import GitHubApi
from integrations.github.cursor import Chain
from integrations.github.nodes import digest_of_json
from integrations.github.translate import Rank
from integrations.observation import DeploymentObserved, DeploymentState, Moment, PushObserved
from integrations.payload import NAME_LIMIT, read_object

ENVIRONMENTS_LIMIT = 50
"""How many environments of a repository are followed, those met last: each branch may have one."""

_PAGES_LIMIT = 10
_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A deployment that took the place of another: their commits, and when it was asked for."""

    before: str
    after: str
    at: datetime


def steps(
    chains: Mapping[str, Chain], deployments: Iterable[DeploymentObserved]
) -> tuple[Sequence[Step], Mapping[str, Chain]]:
    """What is to be compared, and the chains with these deployments, which come newest first."""
    found, known = [], dict(chains)
    for each in deployments:
        chain = known.pop(each.environment, Chain())
        if chain.waiting and chain.waiting[0] != each.sha:
            found.append(_step(each.sha, chain.waiting))
        known[each.environment] = chain if chain.closed else _lengthened(chain, each)
    return found, dict(list(known.items())[-ENVIRONMENTS_LIMIT:])


def last_steps(chains: Mapping[str, Chain]) -> Sequence[Step]:
    """What is to be compared with what ran when everything was read the last time."""
    return [
        _step(each.running, each.waiting)
        for each in chains.values()
        if each.running and each.waiting
    ]


def that_came_up(seen: Iterable[DeploymentObserved]) -> Sequence[DeploymentObserved]:
    """The deployments among these observations that succeeded, each once, in the same order."""
    succeeded = (each for each in seen if each.state is DeploymentState.SUCCESS)
    return list({each.external_id: each for each in succeeded}.values())


async def brought(api: GitHubApi, repository: str, step: Step) -> PushObserved | None:
    """The commits between two deployments, oldest first; None where there are none to tell.

    A step back brings none. Commits that are gone, after a force push, cannot be compared.
    """
    path = f"/repos/{repository}/compare/{step.before}...{step.after}"
    commits: list[str] = []
    try:
        async for reply in _bounded(api, path):
            answer = read_object(reply)
            if answer.prose("status", NAME_LIMIT) not in ("ahead", "diverged"):
                return None
            commits += (each.identity("sha") for each in answer.objects("commits", _PER_PAGE))
    except Missing:
        return None
    return PushObserved(
        moment=Moment(step.at, Rank.PUSH.value, digest_of_json([step.before, step.after])),
        repository=repository,
        ref="refs/deployments",
        before=step.before,
        after=step.after,
        commits=tuple(commits),
    )


async def _bounded(api: GitHubApi, path: str) -> AsyncIterator[bytes]:
    pages = 0
    async for reply in api.pages(path, {"per_page": str(_PER_PAGE)}):
        yield reply.body
        pages += 1
        if pages == _PAGES_LIMIT:
            return


def _step(before: str, waiting: tuple[str, str]) -> Step:
    after, at = waiting
    return Step(before, after, datetime.fromisoformat(at))


def _lengthened(chain: Chain, earlier: DeploymentObserved) -> Chain:
    newest = chain.newest or earlier.sha
    if earlier.sha == chain.running:
        return replace(chain, newest=newest, waiting=None, closed=True)
    at = earlier.created_at or earlier.moment.at
    return replace(chain, newest=newest, waiting=(earlier.sha, at.isoformat()))
