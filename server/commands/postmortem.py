"""Writing post-mortems: their texts, by whoever read the newest ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.once import once
from server.commands.timeline import require_incident
from server.commands.work import Office, Work
from server.domain.blameless import findings
from server.domain.feed import FeedChange, FeedSubject
from server.domain.postmortem import MAX_TEXT, TEXTS, PostmortemState
from server.domain.redaction import Directory
from server.domain.text import check_bounds
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import postmortem as postmortems
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.statements import update_row
from server.store.tables import postmortem


class Outdated(Refused):
    """The refusal of texts whose writer did not read the newest ones: both are to be seen."""

    def __init__(self, *problems: Problem, postmortem_id: UUID) -> None:
        super().__init__(*problems)
        self.postmortem_id = postmortem_id


@dataclass(frozen=True, slots=True)
class Write:
    """Write texts of a post-mortem: only those in `texts`, of `summary`, `impact` and `lessons`.

    `version` is the one that the writer read; it may be left out while nothing is written.
    """

    incident: UUID
    texts: Mapping[str, str | None]
    version: int | None = None


async def write(office: Office, viewer: Viewer, command: Write, key: str | None = None) -> UUID:
    """Write a post-mortem, which is begun if there is none; its id.

    Writing again what stands there changes nothing.

    Raises:
        Outdated: somebody else wrote since `version`.
        Refused: every rule that the input breaks; CONFLICT, it is published.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:

        async def create() -> Sequence[UUID]:
            return [await _write(work, command)]

        return (await once(work, viewer, command, key, create))[0]


async def _write(work: Work, command: Write) -> UUID:
    if problems := _text_problems(command.texts):
        raise Refused(*problems)
    incident_id = (await require_incident(work, command.incident))["id"]
    old, begun = await postmortems.opened(work.tx, incident_id, work.now)
    texts = {name: (text or "").strip() or None for name, text in command.texts.items()}
    written = {name: text for name, text in texts.items() if text != old[name]}
    if written:
        _require_newest(old, command)
        await _keep(work, old, written)
    if written or begun:
        change = FeedChange.ADDED if begun else FeedChange.REVISED
        await work.changed(incident_id, FeedSubject.POSTMORTEM, old["id"], change)
    return old["id"]  # type: ignore[no-any-return]


def _text_problems(texts: Mapping[str, str | None]) -> list[Problem]:
    return [
        problem
        for name, text in texts.items()
        for problem in check_bounds(text or "", MAX_TEXT, name, what=name)
    ]


def _require_newest(old: Row, command: Write) -> None:
    if old["state"] == PostmortemState.PUBLISHED:
        raise refuse(ErrorCode.CONFLICT, "It is published. Reopen it to write on.")
    if command.version == old["version"] or (command.version is None and old["version"] == 0):
        return
    message = (
        f"Its version is {old['version']} by now. Both texts are here, as `postmortem` and "
        "`yours`: join them, and send the version that you read."
    )
    raise Outdated(Problem(ErrorCode.CONFLICT, message, ("version",)), postmortem_id=old["id"])


async def _keep(work: Work, old: Row, written: Mapping[str, str | None]) -> None:
    directory = await directory_of(work.tx)
    row: dict[str, object] = {"version": old["version"] + 1, "updated_at": work.now}
    for name, text in written.items():
        row |= words(name, text, directory)
    row["findings"] = _findings({**{name: old[name] for name in TEXTS}, **written}, directory)
    await update_row(work.tx, postmortem, row, id=old["id"])


def _findings(texts: Mapping[str, str | None], directory: Directory) -> int:
    """How often these texts tell of people where the system is meant."""
    return sum(
        len(findings(text, [(start, end) for start, end, _ in directory.names_in(text)]))
        for text in texts.values()
        if text
    )
