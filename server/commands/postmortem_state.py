"""Moving post-mortems on: to review, to publication, and back to a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from server.commands import postmortem_document as documents
from server.commands.timeline import Entry, require_incident, write
from server.commands.work import Office, Work
from server.domain.feed import FeedChange, FeedSubject
from server.domain.postmortem import PostmortemState, check_move, check_publication, missing
from server.domain.text import check_bounds, check_text
from server.domain.timeline import TimelineKind
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused, refuse
from server.store import postmortem as postmortems
from server.store.database import Row
from server.store.directory import directory_of, words
from server.store.statements import find_row, update_row
from server.store.tables import postmortem

MAX_REASON = 2000


async def submit(office: Office, viewer: Viewer, incident: UUID) -> UUID:
    """Submit a draft to review; the id of the post-mortem.

    Raises:
        Refused: NOT_FOUND, there is none; CONFLICT, it is no draft.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        old = await _movable(work, incident, PostmortemState.IN_REVIEW)
        await _move(work, old, PostmortemState.IN_REVIEW, {})
        return old["id"]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish a post-mortem. With `override_reason` its facilitator does so in spite of what may
    be overridden: findings in its language."""

    incident: UUID
    override_reason: str | None = None


async def publish(office: Office, viewer: Viewer, command: Publish) -> UUID:
    """Publish what is in review, as it is rendered now; the id of the post-mortem.

    Raises:
        Refused: each thing that is missing; CONFLICT, it is not in review; FORBIDDEN, somebody
            else than its facilitator wants to override.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    reason = (command.override_reason or "").strip()
    if problems := check_bounds(reason, MAX_REASON, "overrideReason", what="reason"):
        raise Refused(*problems)
    async with office.work() as work:
        old = await _movable(work, command.incident, PostmortemState.PUBLISHED)
        overridden = await _overridden(work, viewer, old, reason)
        if overridden:
            body = f"Post-mortem published in spite of its language: {reason}"
            await _tell(work, viewer, old, body)
        changes = {
            "published_at": work.now,
            "published_by_id": viewer.person_id,
            **words("override_reason", reason if overridden else None, await directory_of(work.tx)),
        }
        await _move(work, old, PostmortemState.PUBLISHED, changes)
        rendered = await documents.rendered(work.tx, old["id"])
        texts = {"markdown": rendered.named, "markdown_redacted": rendered.redacted}
        await update_row(work.tx, postmortem, {**texts, "missing": []}, id=old["id"])
        return old["id"]  # type: ignore[no-any-return]


async def _overridden(work: Work, viewer: Viewer, old: Row, reason: str) -> bool:
    """Whether the reason overrides anything; what it does not override must be there."""
    (facts,) = await postmortems.unpublished(work.tx, [old["incident_id"]])
    gaps = missing(postmortems.standing_of(facts))
    facilitates = viewer.person_id is not None and viewer.person_id == old["facilitator_id"]
    if problems := check_publication(gaps, reason, by_facilitator=facilitates):
        raise Refused(*problems)
    return bool(gaps)


@dataclass(frozen=True, slots=True)
class Reopen:
    """Make a post-mortem a draft again, which needs a reason once it was published."""

    incident: UUID
    reason: str | None = None


async def reopen(office: Office, viewer: Viewer, command: Reopen) -> UUID:
    """Go on writing a post-mortem; its id.

    Raises:
        Refused: CONFLICT, it is a draft; INVALID, it was published and there is no reason.
    """
    viewer.require(Scope.INCIDENTS_WRITE)
    async with office.work() as work:
        old = await _movable(work, command.incident, PostmortemState.DRAFT)
        reason = (command.reason or "").strip()
        if old["state"] == PostmortemState.PUBLISHED:
            if problems := check_text(reason, MAX_REASON, "reason", what="reason"):
                raise Refused(*problems)
            await _tell(work, viewer, old, f"Post-mortem reopened: {reason}")
        await _move(work, old, PostmortemState.DRAFT, _UNPUBLISHED)
        return old["id"]  # type: ignore[no-any-return]


_UNPUBLISHED: Mapping[str, object] = dict.fromkeys(
    (
        "published_at",
        "published_by_id",
        "override_reason",
        "override_reason_redacted",
        "markdown",
        "markdown_redacted",
    )
)


async def _movable(work: Work, incident: UUID, wanted: PostmortemState) -> Row:
    """The post-mortem of an incident, locked with it, that may move on to `wanted`."""
    incident_id = (await require_incident(work, incident))["id"]
    found = await find_row(work.tx, postmortem, lock=True, incident_id=incident_id)
    if not found:
        message = "The incident has no post-mortem. Begin it with writePostmortem."
        raise refuse(ErrorCode.NOT_FOUND, message, "incident")
    if problems := check_move(PostmortemState(found["state"]), wanted):
        raise Refused(*problems)
    return found


async def _move(
    work: Work, old: Row, state: PostmortemState, changes: Mapping[str, object]
) -> None:
    row = {"state": state.value, "updated_at": work.now, **changes}
    await update_row(work.tx, postmortem, row, id=old["id"])
    await work.changed(old["incident_id"], FeedSubject.POSTMORTEM, old["id"], FeedChange.REVISED)


async def _tell(work: Work, viewer: Viewer, old: Row, body: str) -> None:
    """Write into the timeline, where it stays readable for good, who did it and why."""
    entry = Entry(TimelineKind.STATUS, work.now, body, actor=viewer.person_id)
    await write(work, old["incident_id"], entry)
