"""Creating tickets in Jira: once, and with as much as the project takes."""

import logging
from datetime import date

import pytest

from integrations.contract import Assignee, Denied, Missing, Rejected, Unwell
from integrations.jira import plugin
from integrations.observation import PersonRef, TicketState
from tests.integrations.fake_jira import TOKEN, FakeJira
from tests.integrations.jira_rounds import MARKER, URL, Desk, at_desk, draft
from tests.integrations.jira_site import ADA, BOB, START, Site
from tests.vendor import says


async def test_a_ticket_is_created_with_all_that_the_draft_has() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        fields = desk.issue(ticket)["fields"]
        properties = desk.issue(ticket)["properties"]
        assert ticket.url == f"{desk.site.base_url}/browse/PAY-1"
    assert (ticket.external_id, ticket.key, ticket.marker) == ("10001", "PAY-1", MARKER)
    assert (ticket.state, ticket.status) == (TicketState.OPEN, "To Do")
    assert ticket.assignee == PersonRef("jira", "ada", name="Ada", email="ada@example.com")
    assert (ticket.due_on, ticket.priority) == (date(2026, 4, 1), "High")
    assert fields["summary"] == ticket.title == "Bound the queue of the importer"
    assert fields["labels"] == ["whychain", MARKER, "post-mortem"]
    assert properties == {"whychain": {"marker": MARKER}}
    assert ticket.state_at == ticket.assigned_at == ticket.due_at == ticket.moment.at
    assert ticket.moment.at > START


async def test_a_description_is_a_document_that_ends_with_the_way_back() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        document = desk.issue(ticket)["fields"]["description"]
    first, bullets, last = document["content"]
    assert first["content"][0]["text"] == "It grew until the host died."
    assert [each["type"] for each in bullets["content"]] == ["listItem", "listItem"]
    (link,) = [each for each in last["content"] if "marks" in each]
    assert link["marks"] == [{"type": "link", "attrs": {"href": URL}}]


async def test_data_center_has_names_and_wiki_text() -> None:
    async with at_desk(FakeJira(Site(is_cloud=False))) as desk:
        ticket = await desk.create(draft(description="See {code}\n- [a]\n- b"))
        issue = desk.issue(ticket)
        again = await desk.create()
        await desk.create(draft("whychain-2", assignee=Assignee(external_id="KEY-bob")))
        (given,) = [each for each in desk.site.issues.values() if each["id"] == "10002"]
    assert again.external_id == ticket.external_id
    assert ticket.assignee == PersonRef(
        "jira", "KEY-ada", handle="ada", name="Ada", email="ada@example.com"
    )
    assert issue["fields"]["description"] == (
        f"See \\{{code}}\n\n- \\[a]\n- b\n\nFrom the post-mortem: {URL}"
    )
    assert given["fields"]["assignee"]["name"] == "bob"


# ── once ─────────────────────────────────────────────────────────────────────


async def test_a_marker_has_one_ticket() -> None:
    async with at_desk() as desk:
        first, again = await desk.create(), await desk.create(draft(title="Something else"))
        other = await desk.create(draft("whychain-other"))
    assert again == first
    assert other.external_id != first.external_id
    assert desk.fake.writes() == ["POST issue"] * 2


@pytest.mark.parametrize("is_cloud", [True, False])
async def test_an_answer_that_is_lost_leaves_one_ticket(is_cloud: bool) -> None:
    async with at_desk(FakeJira(Site(is_cloud=is_cloud), lost=["POST issue"])) as desk:
        ticket = await desk.create()
    assert [each["id"] for each in desk.site.issues.values()] == [ticket.external_id]


async def test_a_search_that_lags_is_given_time() -> None:
    async with at_desk(FakeJira(Site(lags=True), lost=["POST issue"])) as desk:
        with pytest.raises(Unwell) as unwell:
            await desk.create()
        assert unwell.value.again_in is not None
        assert unwell.value.again_in >= 60
        desk.site.index()
        ticket = await desk.create()
    assert [each["id"] for each in desk.site.issues.values()] == [ticket.external_id]


async def test_a_new_ticket_that_cannot_be_read_is_given_time_too() -> None:
    trouble = [("GET issue/", says(status=500)) for _ in range(3)]
    async with at_desk(FakeJira(Site(lags=True), trouble=trouble)) as desk:
        with pytest.raises(Unwell) as unwell:
            await desk.create()
    assert unwell.value.again_in is not None
    assert unwell.value.again_in >= 60


async def test_a_ticket_that_was_created_is_read_before_the_search_knows_it() -> None:
    async with at_desk(FakeJira(Site(lags=True))) as desk:
        ticket = await desk.create()
    assert ticket.marker == MARKER


async def test_of_several_the_oldest_is_meant() -> None:
    async with at_desk() as desk:
        first = await desk.create()
        clone = desk.issue(first)["fields"]
        fields = {"project": {"key": "OPS"}, "summary": "CLONE", "labels": clone["labels"]}
        desk.site.create(fields, ())
        assert (await desk.create()).external_id == first.external_id


async def test_the_marker_outlives_its_label() -> None:
    async with at_desk() as desk:
        ticket = await desk.create()
        desk.site.edit(desk.issue(ticket), {"labels": ["whychain"]})
        assert (await desk.read(ticket.external_id)).marker == MARKER


@pytest.mark.parametrize("number", range(3))
async def test_cut_at_any_request_it_is_made_once(number: int) -> None:
    """Search, creation, reading: each answers 500 until the host gives up, then the host comes
    again."""
    parts = ["GET search", "POST issue", "GET issue"]
    trouble = [(parts[number], says(status=500)) for _ in range(3)]
    async with at_desk(FakeJira(trouble=trouble)) as desk:
        tickets = []
        while not tickets:
            try:
                tickets.append(await desk.create())
            except Unwell:
                desk.passing.now += 60
    assert len(desk.site.issues) == 1


# ── as much as the project takes ─────────────────────────────────────────────


async def test_fields_that_the_screen_lacks_are_words() -> None:
    site = Site(screen={"summary", "description", "labels", "assignee"})
    async with at_desk(FakeJira(site)) as desk:
        ticket = await desk.create()
        document = desk.issue(ticket)["fields"]["description"]
    texts = [each["content"][0].get("text") for each in document["content"]]
    assert texts[-3:-1] == [
        "Due on 2026-04-01: this project has no such field or value.",
        "Priority High: this project has no such field or value.",
    ]
    assert (ticket.due_on, ticket.priority) == (None, None)
    assert ticket.assignee is not None
    assert desk.fake.writes() == ["POST issue"] * 2


async def test_a_priority_of_another_name_is_named_in_the_settings() -> None:
    site = Site(priorities=("Blocker", "Minor"))
    async with at_desk(FakeJira(site), priorities={"P1": "Blocker"}) as desk:
        assert (await desk.create()).priority == "Blocker"
        assert (await desk.create(draft("whychain-2", priority="P0"))).priority is None


@pytest.mark.parametrize(
    "assignee",
    [
        Assignee(external_id="gone"),
        Assignee(email="ada@elsewhere.example"),
        Assignee(email="ada"),
        Assignee(),
    ],
)
@pytest.mark.parametrize("is_cloud", [True, False])
async def test_who_is_unknown_leaves_it_unassigned(assignee: Assignee, is_cloud: bool) -> None:
    async with at_desk(FakeJira(Site(is_cloud=is_cloud))) as desk:
        ticket = await desk.create(draft(assignee=assignee))
    assert ticket.assignee is None
    assert ticket.due_on is not None


@pytest.mark.parametrize(("active", "found"), [(True, None), (False, "ada")])
async def test_of_two_with_one_address_the_active_one_is_meant(
    active: bool, found: str | None
) -> None:
    other = {**BOB, "address": ADA["address"], "active": active}
    async with at_desk(FakeJira(Site(people=[other, ADA]))) as desk:
        ticket = await desk.create()
    assert (ticket.assignee and ticket.assignee.external_id) == found


@pytest.mark.parametrize(("must", "found"), [(False, None), (True, "bob")])
async def test_who_is_unknown_is_not_somebody_else_unless_somebody_must_be(
    must: bool, found: str | None
) -> None:
    async with at_desk(FakeJira(Site(lead=BOB, must_be_assigned=must))) as desk:
        for number, assignee in enumerate((Assignee(), Assignee(external_id="gone"))):
            ticket = await desk.create(draft(f"whychain-{number}", assignee=assignee))
            assert (ticket.assignee and ticket.assignee.external_id) == found


async def test_a_hidden_address_finds_nobody() -> None:
    async with at_desk(FakeJira(Site(hides_addresses=True))) as desk:
        assert (await desk.create()).assignee is None


async def test_words_too_long_or_of_the_wrong_form_are_made_to_fit() -> None:
    odd = draft(
        title="a\nb " + "c" * 400,
        description="d" * 50_000,
        labels=("x" * 400, "  ", "two words", "whychain"),
        url=None,
    )
    async with at_desk() as desk:
        fields = desk.issue(await desk.create(odd))["fields"]
    assert fields["summary"].startswith("a b ccc")
    assert len(fields["summary"]) == 255
    assert fields["labels"] == ["whychain", MARKER, "x" * 255, "two-words"]
    (paragraph,) = fields["description"]["content"]
    assert len(paragraph["content"][0]["text"]) == 30_000


async def test_an_empty_description_is_the_way_back_alone() -> None:
    async with at_desk() as desk:
        fields = desk.issue(await desk.create(draft(description=None)))["fields"]
    assert len(fields["description"]["content"]) == 1


# ── refused ──────────────────────────────────────────────────────────────────


async def test_a_project_is_that_of_the_team_or_the_usual_one() -> None:
    async with at_desk() as desk:
        assert (await desk.create()).key.startswith("PAY-")
        assert (await desk.create(draft("whychain-2", team="search"))).key.startswith("OPS-")
        assert plugin.keeps(desk.connection, None)


async def test_a_team_without_a_project_is_not_kept() -> None:
    async with at_desk(project=None) as desk:
        assert plugin.keeps(desk.connection, "payments")
        assert not plugin.keeps(desk.connection, "search")
        with pytest.raises(Rejected):
            await desk.create(draft(team=None))
    assert desk.fake.writes() == []


@pytest.mark.parametrize("is_cloud", [True, False])
@pytest.mark.parametrize("settings", [{"project": "GONE", "projects": {}}, {"issue_type": "Epic"}])
async def test_what_jira_does_not_take_is_rejected(
    settings: dict[str, object], is_cloud: bool
) -> None:
    site = Site(is_cloud=is_cloud, screen={"summary"})
    async with at_desk(FakeJira(site), **settings) as desk:
        with pytest.raises(Rejected):
            await desk.create()
    assert desk.site.issues == {}


@pytest.mark.parametrize(("status", "raised"), [(401, Denied), (403, Denied), (503, Unwell)])
async def test_what_jira_refuses_is_the_hosts_to_judge(
    status: int, raised: type[Exception]
) -> None:
    trouble = [("GET search", says(status=status)) for _ in range(3)]
    async with at_desk(FakeJira(trouble=trouble)) as desk:
        with pytest.raises(raised):
            await desk.create()
    assert desk.fake.writes() == []


async def test_a_limit_is_waited_for() -> None:
    limit = says(status=429, retry_after="7")
    async with at_desk(FakeJira(trouble=[("POST issue", limit)])) as desk:
        await desk.create()
        assert sum(desk.passing.slept) == pytest.approx(7, abs=0.001)
    assert len(desk.site.issues) == 1


async def test_a_redirect_to_another_host_is_not_followed() -> None:
    away = says(status=302, location="https://elsewhere.example/rest/api/3/search/jql")
    async with at_desk(FakeJira(trouble=[("GET search", away)])) as desk:
        with pytest.raises(Rejected):
            await desk.create()


async def test_a_ticket_that_is_gone_is_missing() -> None:
    async with at_desk() as desk:
        with pytest.raises(Missing):
            await desk.read("10099")


async def test_no_secret_is_logged_or_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with at_desk(token="wrong secret") as desk:
        with pytest.raises(Denied) as denied:
            await desk.create()
        told = f"{denied.value!r} {desk.connection!r} {_logged(desk)!r} {caplog.text}"
    assert "wrong secret" not in told
    assert TOKEN not in told


def _logged(desk: Desk) -> object:
    return plugin.manifest, desk.connection.secrets
