"""The document of a post-mortem: what was published, or a draft as it is now."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.domain.postmortem import PostmortemState
from server.domain.postmortem_markdown import render
from server.domain.viewer import Scope, Viewer
from server.store import postmortem as stored
from server.store.database import Database, Transaction
from server.store.postmortem_document import material_of
from server.store.statements import find_row
from server.store.tables import postmortem


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document in both renderings. `redacted` is None where they are the same."""

    named: str
    redacted: str | None

    def told(self, *, named: bool) -> str:
        """The one that a reader may have."""
        return self.named if named or self.redacted is None else self.redacted


async def rendered(tx: Transaction, postmortem_id: UUID) -> Rendered:
    """Render a post-mortem from all there is of it now."""
    material = await material_of(tx, postmortem_id)
    named, redacted = (render(material.snapshot(named=each)) for each in (True, False))
    return Rendered(named, None if redacted == named else redacted)


async def document(tx: Transaction, postmortem_id: UUID) -> Rendered:
    """What was published of a post-mortem; of one that is not, what there is now."""
    found = await find_row(tx, postmortem, id=postmortem_id)
    if found and found["markdown"] is not None:
        return Rendered(found["markdown"], found["markdown_redacted"])
    return await rendered(tx, postmortem_id)


async def markdown(database: Database, viewer: Viewer, postmortem_id: UUID) -> str:
    """The document as the viewer may read it.

    Raises:
        Forbidden: the viewer may not read incidents.
    """
    viewer.require(Scope.INCIDENTS_READ)
    async with database.transaction() as tx:
        found = await document(tx, postmortem_id)
    return found.told(named=viewer.may(Scope.PEOPLE_READ))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which post-mortems: in this state; published, or begun, on this day or later."""

    state: PostmortemState
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A post-mortem as a document; `day` is that of its incident's declaration."""

    number: int
    title: str
    severity: str
    day: date
    text: str


async def documents(
    database: Database, viewer: Viewer, wanted: Wanted, *, named: bool
) -> list[Document]:
    """Post-mortems as documents, with names only where these are wanted and may be seen.

    Raises:
        Forbidden: the viewer may not read incidents, or people where names are wanted.
    """
    viewer.require(Scope.INCIDENTS_READ)
    if named:
        viewer.require(Scope.PEOPLE_READ)
    found = []
    for row in await stored.listed(database, wanted.state, wanted.since):
        async with database.transaction() as tx:
            text = (await document(tx, row["postmortem_id"])).told(named=named)
        title = row["title"] if named else row["title_redacted"] or row["title"]
        day = row["declared_at"].date()
        found.append(Document(row["number"], title, row["severity"], day, text))
    return found
