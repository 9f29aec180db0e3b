"""Describing people, and joining those that sources named apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from server.commands.redaction import RERENDER
from server.commands.team import named_team
from server.commands.work import Office, Work
from server.domain.catalog import (
    check_email,
    check_name,
    check_nicknames,
    check_provider,
    plain_email,
)
from server.domain.feed import FeedChange, FeedSubject
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused, refuse
from server.store import address, catalog, other_name
from server.store import person as people
from server.store.database import Row
from server.store.ids import new_id
from server.store.merging import PEOPLE, merge
from server.store.statements import find_row, insert_row, update_row
from server.store.tables import identity, person

MAX_IDENTITIES = 50
MAX_EXTERNAL_ID = 200
"""Characters of a provider's id or handle."""

MAX_TOLD = 1000
"""Incidents, newest first, whose feeds tell that their responder has become another."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is elsewhere: GitHub's or PagerDuty's id and handle."""

    provider: str
    external_id: str
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Upsert:
    """Create or change a person, found by id, e-mail or identity.

    None keeps what is there; identities are added to those that the person has. A former name is
    kept: texts that use it mean this person still.
    """

    name: str
    id: UUID | None = None
    email: str | None = None
    team: str | None = None
    identities: tuple[Identity, ...] = ()
    nicknames: tuple[str, ...] | None = None


async def upsert(office: Office, viewer: Viewer, command: Upsert) -> UUID:
    """Create or change a person; the id.

    People who were made automatically for one of the identities, or for the e-mail, become this
    person, with everything they did.

    Raises:
        Refused: every rule that the input breaks; CONFLICT, somebody gave the e-mail or an
            identity to another person.
    """
    viewer.require(Scope.CATALOG_WRITE)
    problems = _shape_problems(command)
    if problems:
        raise Refused(*problems)
    async with office.work() as work:
        await catalog.hold(work.tx)
        return await _upsert(work, command)


async def upsert_all(office: Office, viewer: Viewer, commands: Sequence[Upsert]) -> Sequence[UUID]:
    """Create or change all of these people, or none; their ids, in order.

    Raises:
        Refused: as of `upsert`; the path of each problem begins with its command's index.
    """
    viewer.require(Scope.CATALOG_WRITE)
    problems: list[Problem] = []
    ids = []
    async with office.work() as work:
        await catalog.hold(work.tx)
        for index, command in enumerate(commands):
            wrong = _shape_problems(command)
            try:
                ids += [] if wrong else [await _upsert(work, command)]
            except Refused as refused:
                wrong = list(refused.problems)
            problems += [replace(each, field=(str(index), *each.field)) for each in wrong]
        if problems:
            raise Refused(*problems)
    return ids


def _shape_problems(command: Upsert) -> list[Problem]:
    problems = [*check_name(command.name, "name")]
    problems += check_nicknames(command.nicknames or (), "nicknames")
    if command.email is not None:
        problems += check_email(plain_email(command.email), "email")
    if len(command.identities) > MAX_IDENTITIES:
        message = f"A person has at most {MAX_IDENTITIES} identities at once."
        return [*problems, Problem(ErrorCode.TOO_MANY, message, ("identities",))]
    for index, each in enumerate(command.identities):
        at = ("identities", str(index))
        problems += check_provider(each.provider, *at, "provider")
        problems += check_text(each.external_id, MAX_EXTERNAL_ID, *at, "externalId", what="id")
        if each.handle is not None:
            problems += check_text(each.handle, MAX_EXTERNAL_ID, *at, "handle", what="handle")
    return problems


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody who has what the input gives to this person, and where the input gives it."""

    person: Row
    field: tuple[str, ...]

    @property
    def id(self) -> UUID:
        """The id of who has it."""
        found: UUID = self.person["id"]
        return found


async def _upsert(work: Work, command: Upsert) -> UUID:
    claims = await _claims(work, command)
    old = await _meant(work, command, claims)
    others = [claim for claim in claims if old and claim.id != old["id"]]
    team_id, problems = await named_team(work, command.team)
    problems += [_conflict(claim) for claim in others if not claim.person["automatic"]]
    if problems:
        raise Refused(*problems)
    person_id: UUID = old["id"] if old else new_id()
    absorbed = {claim.id: claim.person for claim in others}
    if old is None:
        await insert_row(
            work.tx,
            person,
            id=person_id,
            name=command.name.strip(),
            automatic=False,
            created_at=work.now,
        )
    await absorb(work, person_id, list(absorbed))
    columns = _columns(command, old, list(absorbed.values()), team_id)
    await update_row(work.tx, person, columns, id=person_id)
    identified = await _set_identities(work, person_id, command.identities)
    renamed = old is None or any(columns[name] != old[name] for name in ("name", "email"))
    if old and columns["name"] != old["name"]:
        await other_name.remember(work.tx, person_id, [old["name"]])
    called = await _set_nicknames(work, person_id, command.nicknames)
    if renamed or absorbed or identified or called:
        work.later(RERENDER)
    work.retell()
    return person_id


async def _claims(work: Work, command: Upsert) -> list[_Claim]:
    """Everybody who has the e-mail or one of the identities."""
    claims = []
    if command.email is not None:
        found = await _with_address(work, plain_email(command.email))
        claims += [_Claim(found, ("email",))] if found else []
    for index, each in enumerate(command.identities):
        known = await find_row(
            work.tx, identity, provider=each.provider, external_id=each.external_id
        )
        owner = await find_row(work.tx, person, id=known["person_id"]) if known else None
        claims += [_Claim(owner, ("identities", str(index)))] if owner else []
    return claims


async def _with_address(work: Work, email: str) -> Row | None:
    """Who has the address; of those who only had it at a source, whom nobody described."""
    found = await find_row(work.tx, person, email=email)
    if found is None and (bearer := await address.person_with(work.tx, email)):
        found = await find_row(work.tx, person, id=bearer, automatic=True)
    return found


async def _meant(work: Work, command: Upsert, claims: Sequence[_Claim]) -> Row | None:
    """The person that is meant, if they exist: by id, else whom a person described, else any."""
    if command.id is not None:
        found = await find_row(work.tx, person, id=command.id)
        if not found:
            raise refuse(ErrorCode.NOT_FOUND, "There is no such person.", "id")
        return found
    described = [claim.person for claim in claims if not claim.person["automatic"]]
    known = [*described, *(claim.person for claim in claims)]
    return known[0] if known else None


def _conflict(claim: _Claim) -> Problem:
    what = "This e-mail" if claim.field == ("email",) else "This identity"
    message = (
        f"{what} belongs to another person who was described before. Give that person's id to "
        "change them, or leave it out."
    )
    return Problem(ErrorCode.CONFLICT, message, claim.field)


def _columns(
    command: Upsert, old: Row | None, absorbed: Sequence[Row], team_id: UUID | None
) -> dict[str, object]:
    """What is given, else what was there, else what sources knew."""
    known = [*([old] if old else []), *absorbed]
    emails = [row["email"] for row in known if row["email"]]
    given = plain_email(command.email) if command.email is not None else None
    return {
        "name": command.name.strip(),
        "email": given or next(iter(emails), None),
        "team_id": team_id or (old["team_id"] if old else None),
        "automatic": False,
    }


async def absorb(work: Work, person_id: UUID, absorbed: Sequence[UUID]) -> None:
    """Make the absorbed people this person, and tell the incidents they responded to."""
    if not absorbed:
        return
    moved = await catalog.lock_incidents_of_people(work.tx, absorbed, MAX_TOLD)
    names = await people.names(work.tx, absorbed)
    for loser in absorbed:
        await merge(work.tx, PEOPLE, loser, person_id)
    await other_name.remember(work.tx, person_id, names.values())
    for incident_id in moved:
        await work.changed(incident_id, FeedSubject.INCIDENT, incident_id, FeedChange.REVISED)


async def _set_nicknames(work: Work, person_id: UUID, nicknames: Sequence[str] | None) -> bool:
    """Let these be the nicknames, if any are given; whether others were before."""
    if nicknames is None:
        return False
    return await other_name.call(work.tx, person_id, (each.strip() for each in nicknames))


async def _set_identities(work: Work, person_id: UUID, identities: Sequence[Identity]) -> bool:
    """Add these identities; whether one of them, or a handle, is new."""
    changed = False
    for each in identities:
        provider, external_id = each.provider, each.external_id
        known = await find_row(work.tx, identity, provider=provider, external_id=external_id)
        if not known:
            await insert_row(
                work.tx,
                identity,
                provider=provider,
                external_id=external_id,
                person_id=person_id,
                handle=each.handle,
            )
        elif each.handle and each.handle != known["handle"]:
            changes: dict[str, object] = {"handle": each.handle}
            await update_row(work.tx, identity, changes, provider=provider, external_id=external_id)
        else:
            continue
        changed = True
    return changed
