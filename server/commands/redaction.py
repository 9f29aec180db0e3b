"""Keeping the renderings without names up to date when people become known."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.commands.work import Office
from server.domain.blameless import LanguageRule
from server.domain.redaction import Directory, redact
from server.store import redaction
from server.store.database import Row
from server.store.directory import directory_of
from server.store.language import judged
from server.store.queue import Job, JobKind
from server.store.redaction import Texts

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
            rendered = _derived(texts, row, directory, office.rules)
            if any(row[name] != value for name, value in rendered.items()):
                changed += await redaction.render(office.database, texts, row, rendered)
    if changed:
        async with office.work() as work:
            work.retell()
    return changed


def _derived(
    texts: Texts, row: Row, directory: Directory, rules: Sequence[LanguageRule]
) -> dict[str, object]:
    """What derives from a text now, by the names of its columns; what nobody judged stays so."""
    read = row["rendering"] or row["text"]
    rendered = _rendered(read, directory)
    rendering = row["rendering"] if rendered == read else rendered
    derived: dict[str, object] = {"rendering": rendering}
    if not texts.judged:
        return derived
    known = row["findings"] is not None
    for name, text in (("findings", row["text"]), ("findings_in_rendering", rendering)):
        derived[name] = judged(texts.name, text, directory, rules) if known else None
    return derived


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
