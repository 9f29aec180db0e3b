"""Describing people, and merging those that sources made."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.commands import person as people
from server.commands import timeline
from server.commands.incident import Declare, declare
from server.commands.person import Identity, Upsert
from server.commands.redaction import RERENDER
from server.commands.team import Upsert as UpsertTeam
from server.commands.team import upsert as upsert_team
from server.commands.timeline import AddEntries, Entry
from server.commands.work import Office
from server.domain.incident import ResponderRole, Severity
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.database import Row
from server.store.ids import new_id
from server.store.queue import JobKind
from server.store.tables import deployment, identity, person, responder, timeline_entry
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
GITHUB, PAGERDUTY = Identity("github", "1", "ada"), Identity("pagerduty", "PADA")
ADA = Upsert("Ada Lovelace", email="ada@example.com", identities=(GITHUB, PAGERDUTY))


async def upserted(office: Office, viewer: Viewer, stored: Stored, command: Upsert) -> Row:
    return await stored.row(person, id=await people.upsert(office, viewer, command))


async def identities_of(stored: Stored, person_id: UUID) -> set[tuple[str, str, str | None]]:
    rows = await stored.rows(identity, person_id=person_id)
    return {(row["provider"], row["external_id"], row["handle"]) for row in rows}


async def test_a_person_is_created_and_changed(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    payments = await upsert_team(office, viewer, UpsertTeam("payments"))
    command = replace(ADA, name=" Ada Lovelace ", email=" Ada@Example.com", team="payments")
    row = await upserted(office, viewer, stored, command)
    assert (row["name"], row["email"]) == ("Ada Lovelace", "ada@example.com")
    assert (row["team_id"], row["automatic"]) == (payments, False)
    changed = await upserted(office, viewer, stored, Upsert("Ada King", id=row["id"]))
    assert dict(changed) == {**row, "name": "Ada King"}
    assert await identities_of(stored, row["id"]) == {
        ("github", "1", "ada"),
        ("pagerduty", "PADA", None),
    }


@pytest.mark.parametrize(
    "found_by",
    [
        {"email": "ADA@example.com"},
        {"identities": (GITHUB,)},
        {"identities": (Identity("slack", "U1"), PAGERDUTY)},
    ],
)
async def test_a_person_is_found_by_what_is_theirs(
    office: Office, viewer: Viewer, stored: Stored, found_by: dict[str, Any]
) -> None:
    first = await people.upsert(office, viewer, ADA)
    again = await people.upsert(office, viewer, replace(Upsert("Ada King"), **found_by))
    assert again == first
    assert (await stored.row(person, id=first))["name"] == "Ada King"


async def test_a_name_alone_is_somebody_new(office: Office, viewer: Viewer, stored: Stored) -> None:
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    assert len(await stored.rows(person)) == 2


async def test_a_handle_is_changed_and_kept(office: Office, viewer: Viewer, stored: Stored) -> None:
    ada = await people.upsert(office, viewer, ADA)
    renamed = replace(ADA, identities=(replace(GITHUB, handle="ada-l"),))
    await people.upsert(office, viewer, renamed)
    await people.upsert(office, viewer, replace(ADA, identities=(replace(GITHUB, handle=None),)))
    assert ("github", "1", "ada-l") in await identities_of(stored, ada)


async def test_people_that_sources_made_become_this_person(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    coder = await stored.automatic_person("ada", "github", "1")
    on_call = await stored.automatic_person("Ada L.", "pagerduty", "PADA")
    grace = await stored.person("Grace Hopper")
    deployed = await stored.deployment(MONDAY, deployer_id=coder)
    roles = (
        (coder, ResponderRole.RESPONDER),
        (on_call, ResponderRole.RESPONDER),
        (on_call, ResponderRole.PAGED),
        (grace, ResponderRole.COMMANDER),
    )
    incident_id = await declare(office, viewer, Declare("It", Severity.SEV3, responders=roles))
    entries = (Entry(TimelineKind.NOTE, MONDAY, "Seen", actor=on_call),)
    (entry_id,) = await timeline.add(office, viewer, AddEntries(incident_id, entries))
    ada = await people.upsert(office, viewer, ADA)
    assert {row["id"] for row in await stored.rows(person)} == {ada, grace}
    assert (await stored.row(person, id=ada))["name"] == "Ada Lovelace"
    assert (await stored.row(deployment, id=deployed))["deployer_id"] == ada
    assert (await stored.row(timeline_entry, id=entry_id))["actor_id"] == ada
    assert await identities_of(stored, ada) == {
        ("github", "1", "ada"),
        ("pagerduty", "PADA", "Ada L."),
    }
    responders = await stored.rows(responder, incident_id=incident_id)
    assert {(row["person_id"], row["role"]) for row in responders} == {
        (ada, "RESPONDER"),
        (ada, "PAGED"),
        (grace, "COMMANDER"),
    }
    assert (await stored.feed(incident_id))[-1] == ("INCIDENT", "REVISED")


async def test_whom_a_person_described_absorbs_whom_a_source_made(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    made = await stored.automatic_person("ada", "github", "1")
    described = await people.upsert(office, viewer, Upsert("Ada", email="ada@example.com"))
    assert described != made
    assert await people.upsert(office, viewer, ADA) == described
    assert len(await stored.rows(person)) == 1


async def test_a_known_address_survives_a_merge(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    made = await stored.person("ada", automatic=True, email="ada@example.com")
    await stored.put(identity, provider="github", external_id="1", person_id=made)
    ada = await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    joined = Upsert("Ada Lovelace", id=ada, identities=(GITHUB,))
    row = await upserted(office, viewer, stored, joined)
    assert (row["id"], row["email"]) == (ada, "ada@example.com")


async def test_what_is_another_persons_stays_theirs(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    ada = await people.upsert(office, viewer, ADA)
    grace = await people.upsert(office, viewer, Upsert("Grace Hopper"))
    taken = Upsert(
        "Grace Hopper", id=grace, email="ada@example.com", identities=(GITHUB, Identity("x", "1"))
    )
    assert await refusal(people.upsert(office, viewer, taken)) == {
        (CONFLICT, ("email",)),
        (CONFLICT, ("identities", "0")),
    }
    mixed = Upsert("Ada", email="ada@example.com", identities=(Identity("slack", "U1"),))
    assert await people.upsert(office, viewer, mixed) == ada
    of_grace = Upsert("Grace Hopper", id=grace, identities=(Identity("slack", "U2"),))
    await people.upsert(office, viewer, of_grace)
    attempt = people.upsert(office, viewer, replace(mixed, identities=of_grace.identities))
    assert await refusal(attempt) == {(CONFLICT, ("identities", "0"))}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, (INVALID, ("name",))),
        ({"name": "n" * 201}, (TOO_MANY, ("name",))),
        ({"id": new_id()}, (NOT_FOUND, ("id",))),
        ({"email": "ada"}, (INVALID, ("email",))),
        ({"email": "ada@example.com, eve@example.com"}, (INVALID, ("email",))),
        ({"email": "a@" + "e" * 254}, (INVALID, ("email",))),
        ({"nicknames": ("Countess", " ")}, (INVALID, ("nicknames", "1"))),
        ({"nicknames": ("n" * 101,)}, (TOO_MANY, ("nicknames", "0"))),
        ({"nicknames": ("Countess",) * 21}, (TOO_MANY, ("nicknames",))),
        ({"team": "nobody"}, (NOT_FOUND, ("team",))),
        ({"identities": (Identity("", "1"),)}, (INVALID, ("identities", "0", "provider"))),
        (
            {"identities": (GITHUB, Identity("github", ""))},
            (INVALID, ("identities", "1", "externalId")),
        ),
        (
            {"identities": (Identity("github", "1", ""),)},
            (INVALID, ("identities", "0", "handle")),
        ),
        ({"identities": (GITHUB,) * 51}, (TOO_MANY, ("identities",))),
    ],
)
async def test_an_unsound_person_is_refused(
    office: Office, viewer: Viewer, stored: Stored, changes: dict[str, Any], problem: Any
) -> None:
    attempt = people.upsert(office, viewer, replace(ADA, **changes))
    assert await refusal(attempt) == {problem}
    assert not await stored.rows(person)


async def test_texts_are_rendered_anew_when_somebody_becomes_known(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    async def jobs() -> int:
        waiting = await stored.jobs(JobKind.REDACT)
        assert set(waiting) <= {RERENDER.id}
        return len(waiting)

    await people.upsert(office, viewer, ADA)
    assert await jobs() == 1
    await people.upsert(office, viewer, ADA)
    assert await jobs() == 1
    await people.upsert(office, viewer, replace(ADA, name="Ada King"))
    assert await jobs() == 2
    await people.upsert(office, viewer, replace(ADA, name="Ada King", identities=(GITHUB,)))
    assert await jobs() == 2


async def test_readers_describe_nobody(office: Office, reader: Viewer) -> None:
    with pytest.raises(Forbidden, match="catalog:write"):
        await people.upsert(office, reader, ADA)


async def test_two_who_name_somebody_at_once_name_one(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    first, second = await twice_at_once(
        people.upsert(office, viewer, ADA),
        people.upsert(office, viewer, Upsert("Ada", email="ada@example.com")),
    )
    assert first == second
    assert len(await stored.rows(person)) == 1
