"""An incident that a verified action item did not prevent. The clock stands on 2 November 2026."""

from dataclasses import replace
from uuid import UUID

import pytest

from server.commands import action_item as action_items
from server.commands import recurrence as recurrences
from server.commands.action_item import Create, Update
from server.commands.incident import Declare, declare
from server.commands.merge_incidents import MergeIncidents, merge_incidents
from server.commands.recurrence import Link
from server.commands.work import Office
from server.domain.action_item import ActionItemKind
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.ids import new_id
from server.store.tables import recurrence
from tests.commands.conftest import Clock
from tests.commands.stored import Stored, refusal, twice_at_once


@pytest.fixture
async def item(office: Office, viewer: Viewer, stored: Stored, incident_id: UUID) -> UUID:
    """An action item that is done, and not verified."""
    owner = await stored.person("Ada Lovelace")
    command = Create(incident_id, "Alert on lock waits", ActionItemKind.MONITORING, owner)
    item_id = await action_items.create(office, viewer, command)
    await action_items.update(office, viewer, Update(item_id, {"state": "DONE"}))
    return item_id


async def later(office: Office, viewer: Viewer) -> UUID:
    return await declare(office, viewer, Declare("Again", Severity.SEV2))


async def test_it_is_linked_once_and_told_in_both_feeds(
    office: Office, viewer: Viewer, stored: Stored, incident_id: UUID, item: UUID, clock: Clock
) -> None:
    await action_items.update(office, viewer, Update(item, {"state": "VERIFIED"}))
    clock.forward(days=30)
    again = await later(office, viewer)
    wanted = Link(item, again, "Ada Lovelace saw the same lock")
    first, second = await twice_at_once(
        recurrences.link(office, viewer, wanted, "k"), recurrences.link(office, viewer, wanted, "k")
    )
    assert first == second
    row = await stored.row(recurrence)
    assert (row["action_item_id"], row["incident_id"]) == (item, again)
    assert row["reason_redacted"] == "an engineer saw the same lock"
    assert (await stored.feed(incident_id))[-1] == ("ACTION_ITEM", "REVISED")
    assert (await stored.feed(again))[-1] == ("INCIDENT", "REVISED")
    anew = recurrences.link(office, viewer, wanted)
    assert await refusal(anew) == {(ErrorCode.CONFLICT, ("incident",))}


async def test_what_cannot_be_a_recurrence_is_refused(
    office: Office, viewer: Viewer, reader: Viewer, incident_id: UUID, item: UUID, clock: Clock
) -> None:
    before = await later(office, viewer)
    wanted = Link(item, before, "The same lock")
    unverified = recurrences.link(office, viewer, wanted)
    assert await refusal(unverified) == {(ErrorCode.CONFLICT, ("actionItem",))}
    clock.forward(days=1)
    await action_items.update(office, viewer, Update(item, {"state": "VERIFIED"}))
    for link, problem in (
        (wanted, (ErrorCode.CONFLICT, ("incident",))),
        (replace(wanted, incident=incident_id), (ErrorCode.INVALID, ("incident",))),
        (replace(wanted, incident=new_id()), (ErrorCode.NOT_FOUND, ("incident",))),
        (replace(wanted, action_item=new_id()), (ErrorCode.NOT_FOUND, ("actionItem",))),
    ):
        assert await refusal(recurrences.link(office, viewer, link)) == {problem}
    empty = replace(wanted, incident=await later(office, viewer), reason=" ")
    attempt = recurrences.link(office, viewer, empty)
    assert await refusal(attempt) == {(ErrorCode.INVALID, ("reason",))}
    with pytest.raises(Forbidden, match="actions:write"):
        await recurrences.link(office, reader, wanted)


async def test_it_moves_along_when_its_incident_becomes_part_of_another(
    office: Office, viewer: Viewer, stored: Stored, item: UUID, clock: Clock
) -> None:
    await action_items.update(office, viewer, Update(item, {"state": "VERIFIED"}))
    clock.forward(days=30)
    again, record = await later(office, viewer), await later(office, viewer)
    await recurrences.link(office, viewer, Link(item, again, "The same lock"))
    await merge_incidents(office, viewer, MergeIncidents(again, record))
    assert (await stored.row(recurrence))["incident_id"] == record
