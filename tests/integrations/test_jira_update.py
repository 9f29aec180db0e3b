"""Changing tickets in Jira: only what differs, through whatever workflow the project has."""

from datetime import date, timedelta

import pytest

from integrations.contract import Assignee, Missing, Rejected, Unwell
from integrations.observation import TicketState
from tests.integrations.fake_jira import FakeJira
from tests.integrations.jira_rounds import URL, at_desk, draft
from tests.integrations.jira_site import BY_RESOLUTION, LINEAR, SCREEN, Site, Transition
from tests.vendor import says

BOTH = pytest.mark.parametrize("is_cloud", [True, False], ids=["Cloud", "Data Center"])
EVERYTHING = {
    "title": "Bound every queue",
    "description": "All of them.\n- importer\n- exporter",
    "state": TicketState.IN_PROGRESS,
    "assignee": Assignee(email="bob@example.com"),
    "due_on": date(2026, 5, 1),
    "priority": "P0",
    "note": "The review asked for it.",
}


@BOTH
async def test_a_change_is_made_once(is_cloud: bool) -> None:
    async with at_desk(FakeJira(Site(is_cloud=is_cloud))) as desk:
        ticket = await desk.create()
        changed = await desk.update(ticket, **EVERYTHING)
        assert desk.fake.writes() == [
            "PUT issue/10001",
            "POST issue/10001/comment",
            "POST issue/10001/transitions",
        ]
        issue = desk.issue(ticket)
        again = await desk.update(ticket, **EVERYTHING)
        assert desk.fake.writes() == []
    assert again == changed
    assert (changed.title, changed.state) == ("Bound every queue", TicketState.IN_PROGRESS)
    assert (changed.due_on, changed.priority) == (date(2026, 5, 1), "Highest")
    assert changed.assignee is not None
    assert changed.assignee.email == "bob@example.com"
    assert URL in str(issue["fields"]["description"])
    assert len(issue["comments"]) == 1


async def test_what_is_not_named_stays() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        assert await desk.update(ticket) == ticket
        later = await desk.update(ticket, due_on=date(2026, 6, 1))
        assert desk.fake.writes() == ["PUT issue/10001"]
    assert (later.title, later.assignee) == (ticket.title, ticket.assignee)
    assert (later.state_at, later.assigned_at) == (ticket.state_at, ticket.assigned_at)
    assert later.due_at == later.moment.at


@BOTH
async def test_nobody_and_somebody_unknown_leave_it_unassigned(is_cloud: bool) -> None:
    async with at_desk(FakeJira(Site(is_cloud=is_cloud))) as desk:
        ticket = await desk.create()
        external_id = ticket.assignee.external_id if ticket.assignee else None
        for nobody in (Assignee(), Assignee(external_id="gone"), Assignee(email="no@example.com")):
            left = await desk.update(ticket, assignee=nobody)
            assert left.assignee is None
            given = await desk.update(ticket, assignee=Assignee(external_id=external_id))
            assert given.assignee == ticket.assignee


async def test_a_description_keeps_the_way_back() -> None:
    async with at_desk() as desk:
        linked, bare = await desk.create(), await desk.create(draft("whychain-2", url=None))
        for ticket in (linked, bare):
            await desk.update(ticket, description="Anew.")
        contents = [desk.issue(each)["fields"]["description"]["content"] for each in (linked, bare)]
    assert [len(each) for each in contents] == [2, 1]
    assert contents[0][1]["content"][1]["text"] == URL


# ── states ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("workflow", [None, BY_RESOLUTION], ids=["by status", "by resolution"])
async def test_states_go_both_ways(workflow: dict[str, list[Transition]] | None) -> None:
    site = Site(workflow=workflow) if workflow else Site()
    async with at_desk(FakeJira(site)) as desk:
        ticket = await desk.create()
        for state in ("DROPPED", "OPEN", "DONE", "OPEN", "IN_PROGRESS", "DROPPED", "OPEN"):
            changed = await desk.update(ticket, state=TicketState(state))
            assert changed.state == state
            assert (await desk.update(ticket, state=TicketState(state))) == changed
            assert desk.fake.writes() == []


async def test_a_resolution_is_given_where_the_screen_asks_for_one() -> None:
    async with at_desk(FakeJira(Site(workflow=BY_RESOLUTION))) as desk:
        done, dropped = await desk.create(), await desk.create(draft("whychain-2"))
        await desk.update(done, state=TicketState.DONE)
        await desk.update(dropped, state=TicketState.DROPPED)
        names = [desk.issue(each)["fields"]["resolution"]["name"] for each in (done, dropped)]
    assert names == ["Done", "Won't Do"]


async def test_a_linear_workflow_is_walked() -> None:
    async with at_desk(FakeJira(Site(workflow=LINEAR))) as desk:
        ticket = await desk.create()
        assert (await desk.update(ticket, state=TicketState.DONE)).state is TicketState.DONE
        assert (await desk.update(ticket, state=TicketState.OPEN)).state is TicketState.OPEN


async def test_without_a_way_it_is_rejected_and_the_rest_is_done() -> None:
    async with at_desk(FakeJira(Site(workflow=LINEAR))) as desk:
        ticket = await desk.create()
        await desk.update(ticket, state=TicketState.IN_PROGRESS)
        with pytest.raises(Rejected, match="statuses"):
            await desk.update(ticket, state=TicketState.DROPPED, title="Given up", note="Why.")
        now = await desk.read(ticket.external_id)
    assert (now.state, now.title) == (TicketState.IN_PROGRESS, "Given up")


async def test_what_cannot_be_given_up_is_not_begun() -> None:
    workflow = {"To Do": [Transition("In Progress"), Transition("Done")]}
    async with at_desk(FakeJira(Site(workflow=workflow))) as desk:
        ticket = await desk.create()
        with pytest.raises(Rejected):
            await desk.update(ticket, state=TicketState.DROPPED)
        assert desk.fake.writes() == []


async def test_a_workflow_that_leads_in_a_circle_is_left() -> None:
    workflow = {"To Do": [Transition("In Progress")], "In Progress": [Transition("In Progress")]}
    async with at_desk(FakeJira(Site(workflow=workflow))) as desk:
        ticket = await desk.create()
        with pytest.raises(Rejected):
            await desk.update(ticket, state=TicketState.DONE)
        assert desk.fake.writes() == ["POST issue/10001/transitions"]


async def test_work_that_is_done_is_not_resolved_as_given_up() -> None:
    ways = [Transition("Done", ("Won't Do",)), Transition("In Progress")]
    finish = [Transition("Done", ("Duplicate", "Adequate", "Fixed"))]
    async with at_desk(FakeJira(Site(workflow={"To Do": ways, "In Progress": finish}))) as desk:
        ticket = await desk.create()
        assert (await desk.update(ticket, state=TicketState.DONE)).state is TicketState.DONE
        assert desk.issue(ticket)["fields"]["resolution"] == {"name": "Fixed"}


async def test_a_transition_that_asks_for_more_is_left_to_people() -> None:
    ways = [Transition("Done", asks_for=("customfield_1",)), Transition("In Progress")]
    workflow = {"To Do": ways, "In Progress": [Transition("Done")]}
    async with at_desk(FakeJira(Site(workflow=workflow))) as desk:
        ticket = await desk.create()
        assert (await desk.update(ticket, state=TicketState.DONE)).state is TicketState.DONE
        assert desk.fake.writes() == ["POST issue/10001/transitions"] * 2


async def test_a_status_that_is_named_goes_before_one_of_its_category() -> None:
    workflow = {"To Do": [Transition("Done"), Transition("Won't Do")]}
    settings = {"statuses": {"DONE": "Won't Do"}, "dropped_resolutions": []}
    async with at_desk(FakeJira(Site(workflow=workflow)), **settings) as desk:
        ticket = await desk.update(await desk.create(), state=TicketState.DONE)
    assert (ticket.status, ticket.state) == ("Won't Do", TicketState.DONE)


async def test_what_people_do_there_is_told_with_its_times() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        issue = desk.issue(ticket)
        desk.site.move(issue, "Done", "Done")
        desk.site.edit(issue, {"duedate": "2026-07-01"})
        closed = await desk.read(ticket.external_id)
        desk.site.move(issue, "To Do")
        reopened = await desk.read(ticket.external_id)
    second = timedelta(seconds=1)
    assert (closed.state, reopened.state) == (TicketState.DONE, TicketState.OPEN)
    assert closed.state_at == ticket.moment.at + second
    assert closed.due_at == closed.moment.at == ticket.moment.at + 2 * second
    assert reopened.state_at == reopened.moment.at
    assert reopened.assigned_at == ticket.moment.at


# ── bad days ─────────────────────────────────────────────────────────────────


async def test_fields_that_cannot_be_set_are_noted() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        desk.site.screen = set(SCREEN) - {"duedate", "priority"}
        for _ in range(2):
            changed = await desk.update(
                ticket, due_on=date(2026, 8, 1), priority="P3", title="Else", note="Later."
            )
        (comment,) = desk.issue(ticket)["comments"]
    assert (changed.title, changed.due_on) == ("Else", ticket.due_on)
    lines = [each["content"][0]["text"] for each in comment["body"]["content"]]
    assert lines[0] == "Later."
    assert [line.split(":")[0] for line in lines[1:]] == ["Due on 2026-08-01", "Priority Low"]


async def test_an_edit_that_is_refused_for_another_reason_is_rejected() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        desk.fake.trouble = [("PUT issue", says(status=400))]
        with pytest.raises(Rejected):
            await desk.update(ticket, title="Else")


PARTS = [
    "GET issue",
    "GET user",
    "PUT issue",
    "GET issue/10001/comment",
    "/comment",
    "/transitions",
]


@pytest.mark.parametrize("part", PARTS)
async def test_cut_at_any_request_it_is_taken_up_again(part: str) -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        desk.fake.trouble = [(part, says(status=502)) for _ in range(3)]
        with pytest.raises(Unwell):
            await desk.update(ticket, **EVERYTHING)
        desk.fake.trouble.clear()
        changed = await desk.update(ticket, **EVERYTHING)
        assert len(desk.issue(ticket)["comments"]) == 1
    assert changed.state is TicketState.IN_PROGRESS


@pytest.mark.parametrize("lost", ["POST issue/10001/comment", "POST issue/10001/transitions"])
async def test_an_answer_that_is_lost_is_not_made_up_for_twice(lost: str) -> None:
    async with at_desk(FakeJira(lost=[lost])) as desk:
        ticket = await desk.create()
        with pytest.raises(Unwell):
            await desk.update(ticket, **EVERYTHING)
        changed = await desk.update(ticket, **EVERYTHING)
        assert lost not in desk.fake.writes()
        assert len(desk.issue(ticket)["comments"]) == 1
    assert changed.state is TicketState.IN_PROGRESS


async def test_a_ticket_that_was_deleted_is_missing() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        desk.site.issues.clear()
        with pytest.raises(Missing):
            await desk.update(ticket, title="Else")
