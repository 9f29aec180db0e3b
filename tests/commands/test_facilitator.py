"""Asking somebody to facilitate, and who may not."""

from dataclasses import replace
from uuid import UUID

import pytest

from server.commands import facilitator as facilitators
from server.commands import incident as incidents
from server.commands.facilitator import Assign, NotIndependent
from server.commands.work import Office
from server.domain.facilitator import Calling
from server.domain.incident import ResponderRole
from server.domain.viewer import Viewer
from server.errors import CodedError, ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import (
    facilitator_asked,
    incident_service,
    postmortem,
    responder,
    service,
    service_dependency,
    team,
)
from tests.commands.conftest import Clock
from tests.commands.stored import Stored, refusal

CONFLICT, NOT_FOUND = ErrorCode.CONFLICT, ErrorCode.NOT_FOUND


async def responds(
    office: Office, viewer: Viewer, incident_id: UUID, person_id: UUID, role: ResponderRole
) -> None:
    command = incidents.Update(incident_id, {}, responders=((person_id, role),))
    await incidents.update(office, viewer, command)


async def asked(office: Office, viewer: Viewer, postmortem_id: UUID) -> list[UUID]:
    found = await facilitators.candidates(office.database, viewer, postmortem_id, 50)
    return [each.person_id for each in found]


async def test_a_facilitator_begins_the_post_mortem(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    person_id = await stored.person("Ada")
    for _ in range(2):
        found = await facilitators.assign(office, viewer, Assign(incident_id, person_id))
    row = await stored.row(postmortem, id=found)
    assert (row["incident_id"], row["facilitator_id"]) == (incident_id, person_id)
    assert (await stored.row(facilitator_asked))["person_id"] == person_id
    assert (await stored.feed(incident_id))[2:] == [
        ("POSTMORTEM", "ADDED"),
        ("POSTMORTEM", "REVISED"),
    ]


@pytest.mark.parametrize("role", ResponderRole)
async def test_whoever_took_part_is_refused_with_others_who_could(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, role: ResponderRole
) -> None:
    responded, other = await stored.person("Ada"), await stored.person("Grace")
    await responds(office, viewer, incident_id, responded, role)
    with pytest.raises(NotIndependent) as refused:
        await facilitators.assign(office, viewer, Assign(incident_id, responded))
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == (CONFLICT, ("person",))
    assert [each.person_id for each in refused.value.candidates] == [other]
    assert not await stored.rows(postmortem)


async def test_a_facilitator_who_is_paged_later_is_missing_again(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    person_id = await stored.person("Ada")
    await facilitators.assign(office, viewer, Assign(incident_id, person_id))
    before = (await stored.row(postmortem))["missing"]
    await responds(office, viewer, incident_id, person_id, ResponderRole.PAGED)
    after = (await stored.row(postmortem))["missing"]
    assert [each for each in after if each not in before] == [
        "Another facilitator: this one turned out to have taken part in the response."
    ]
    assert (await stored.feed(incident_id))[-1] == ("POSTMORTEM", "REVISED")


async def test_neighbours_are_asked_first_and_then_by_turns(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, clock: Clock
) -> None:
    teams = [
        await stored.add(team, slug=name, name=name.title()) for name in ("own", "near", "far")
    ]
    hurt, needed, _ = [
        await stored.add(service, slug=f"s{n}", name="S", team_id=each, automatic=False)
        for n, each in enumerate(teams)
    ]
    await stored.put(service_dependency, service_id=hurt, depends_on_id=needed)
    await stored.put(incident_service, incident_id=incident_id, service_id=hurt)
    own, near, far = [await stored.person("Ada", team_id=each) for each in teams]
    await stored.person("robot", automatic=True)
    found = await facilitators.assign(office, viewer, Assign(incident_id, far))
    first, *others = await facilitators.candidates(office.database, viewer, found, 50)
    assert (first.person_id, first.calling) == (near, Calling.ADJACENT)
    assert [each.person_id for each in others] == [own, far]
    clock.forward(days=1)
    await facilitators.assign(office, viewer, Assign(incident_id, own))
    assert await asked(office, viewer, found) == [near, far, own]


async def test_what_does_not_exist_is_refused(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID, stored: Stored
) -> None:
    person_id = await stored.person("Ada")
    command = Assign(incident_id, person_id)
    nobody = replace(command, person=new_id())
    assert await refusal(facilitators.assign(office, viewer, nobody)) == {(NOT_FOUND, ("person",))}
    nowhere = replace(command, incident=new_id())
    attempt = facilitators.assign(office, viewer, nowhere)
    assert await refusal(attempt) == {(NOT_FOUND, ("incident",))}
    with pytest.raises(Forbidden):
        await facilitators.assign(office, reader, command)
    assert not await stored.rows(responder)


@pytest.mark.parametrize(("first", "code"), [(0, ErrorCode.INVALID), (51, ErrorCode.TOO_MANY)])
async def test_a_page_of_candidates_is_bounded(
    office: Office, viewer: Viewer, first: int, code: ErrorCode
) -> None:
    with pytest.raises(CodedError) as refused:
        await facilitators.candidates(office.database, viewer, new_id(), first)
    assert refused.value.code is code
