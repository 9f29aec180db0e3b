"""Keeping the renderings without names up to date when people become known."""

from typing import Any
from uuid import UUID

from server.commands.work import Office
from server.domain.redaction import Directory, redact
from server.store import redaction
from server.store.directory import directory_of
from server.store.queue import Job, JobKind

RERENDER = Job(JobKind.REDACT, UUID(int=0))
"""The job that runs `rerender`: one for everybody, so that those that wait count as one."""


async def rerender(office: Office) -> int:
    """Replace the people who are known by now in every text; how many renderings changed.

    What was replaced before stays replaced, also where its name is known no more.
    """
    async with office.database.transaction() as tx:
        directory = await directory_of(tx)
    changed = 0
    for texts in redaction.EVERY_TEXT:
        async for row in redaction.read_all(office.database, texts):
            read = row["rendering"] or row["text"]
            rendered = _rendered(read, directory)
            if rendered != read:
                changed += await redaction.render(office.database, texts, row, rendered)
    if changed:
        async with office.work() as work:
            work.retell()
    return changed


def _rendered(value: Any, directory: Directory) -> Any:
    """A text, or every text in a JSON value, without the people who are known."""
    match value:
        case str():
            return redact(value, directory) or value
        case list():
            return [_rendered(each, directory) for each in value]
        case dict():
            return {name: _rendered(each, directory) for name, each in value.items()}
        case _:
            return value
