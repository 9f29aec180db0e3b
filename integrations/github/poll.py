"""The rounds in which GitHub is read: every repository, page by page, then lost webhooks.

Each batch is one page of one repository, so a round may be cut after any of them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from integrations.contract import Batch, Connection, Http, Missing, Unreadable
from integrations.github.act import OF_APP, ask_again
from integrations.github.ask import GitHubApi
from integrations.github.cursor import Cursor, Progress, Stretch, read_cursor, stretch_since
from integrations.github.production import Production, production_of
from integrations.github.read import Page, lists_of, read_page

_REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
_WEBHOOK = re.compile(rf"(repos/[\w.-]+/[\w.-]+|orgs/[\w.-]+)/hooks/[0-9]+|{OF_APP}", re.ASCII)


def repositories_of(connection: Connection) -> Sequence[str]:
    """The repositories that are read, "owner/name"."""
    return _texts(connection, "repositories", _REPOSITORY)


def webhooks_of(connection: Connection) -> Sequence[str]:
    """The paths of the webhooks whose failed deliveries are asked for again."""
    return _texts(connection, "webhooks", _WEBHOOK)


async def poll(connection: Connection, http: Http, cursor: str | None) -> Batch:
    """What is new: one page of the repository whose turn it is, or a webhook's failed deliveries.

    A repository that was never read gives its newest page; what is older is for `backfill`.
    """
    api, kept = GitHubApi(connection, http), read_cursor(cursor)
    repositories, webhooks = repositories_of(connection), webhooks_of(connection)
    places = len(repositories) + len(webhooks)
    place = kept.place if kept.place < places else 0
    kept = replace(kept, place=place)
    if place < len(repositories):
        page, kept = await _read(api, repositories[place], kept, Stretch())
        return _batch(kept, page, places)
    for webhook in webhooks[place - len(repositories) :][:1]:
        asked = await ask_again(api, webhook, kept.asked.get(webhook, 0))
        kept = replace(kept, place=place + 1, asked={**kept.asked, webhook: asked})
    return _batch(kept, None, places)


async def backfill(
    connection: Connection, http: Http, since: datetime, cursor: str | None
) -> Batch:
    """One page of what happened since then, of one repository after the other."""
    api, kept = GitHubApi(connection, http), read_cursor(cursor)
    repositories = repositories_of(connection)
    if kept.place >= len(repositories):
        return Batch((), kept.write(), progress=1.0)
    name = repositories[kept.place]
    page, kept = await _read(api, name, kept, stretch_since(since))
    part = 0.0 if page.progress.done else page.progress.share
    batch = _batch(kept, page, len(repositories))
    return replace(batch, progress=(kept.place + part) / len(repositories))


async def _read(
    api: GitHubApi, repository: str, kept: Cursor, first: Stretch
) -> tuple[Page, Cursor]:
    """A page of a repository; a list that was never read begins with `first`."""
    production = production_of(repository, (api.connection,))
    progress = _begun(kept.repositories.get(repository, Progress()), production, first)
    try:
        page = await read_page(api, repository, progress, production)
    except Missing as error:
        return _passed_over(repository, progress, error), replace(kept, place=kept.place + 1)
    if not page.progress.done:
        return page, kept.with_repository(repository, page.progress)
    done = kept.with_repository(repository, page.progress.anew())
    return page, replace(done, place=kept.place + 1)


def _begun(progress: Progress, production: Production, first: Stretch) -> Progress:
    lists = {name: progress.lists.get(name, first) for name in lists_of(production)}
    return replace(progress, lists=lists)


def _passed_over(repository: str, progress: Progress, error: Missing) -> Page:
    """A repository that is not there, or not for this token, does not stop the others."""
    missing = Unreadable(f"repository:{repository}", "repository", str(error), b"{}")
    return Page((), (missing,), progress)


def _batch(kept: Cursor, page: Page | None, places: int) -> Batch:
    return Batch(
        observations=page.observations if page else (),
        cursor=kept.write(),
        more=kept.place < places,
        unreadable=page.unreadable if page else (),
    )


def _texts(connection: Connection, setting: str, form: re.Pattern[str]) -> Sequence[str]:
    named = connection.settings.get(setting, ())
    return [each for each in named if isinstance(each, str) and form.fullmatch(each)]
