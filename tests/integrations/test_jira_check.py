"""What `check` says of a connection to Jira, and that it says what to click."""

import pytest

from integrations.contract import Finding
from integrations.jira import plugin
from integrations.jira.check import NEEDS
from tests.integrations.fake_jira import FakeJira
from tests.integrations.jira_rounds import Desk, at_desk
from tests.integrations.jira_site import SCREEN, Site

SETTINGS = {"edition", "project", "statuses", "priorities", "token", "issue_type"}


async def findings(desk: Desk) -> dict[str, Finding]:
    found = await plugin.check(desk.connection, desk.http)
    return {each.subject: each for each in found}


@pytest.mark.parametrize("is_cloud", [True, False])
async def test_one_finding_for_each_right(is_cloud: bool) -> None:
    async with at_desk(FakeJira(Site(is_cloud=is_cloud))) as desk:
        found = await findings(desk)
        assert desk.fake.writes() == []
    rights = {need.scope for need in NEEDS}
    assert found.keys() == SETTINGS | rights | ({"email"} if is_cloud else set())
    assert all(each.good and not each.advice for each in found.values())
    assert tuple(plugin.manifest.needs) == NEEDS


@pytest.mark.parametrize(("is_cloud", "words"), [(True, "id.atlassian.com"), (False, "Profile")])
async def test_a_wrong_token_is_the_one_finding(is_cloud: bool, words: str) -> None:
    async with at_desk(FakeJira(Site(is_cloud=is_cloud)), token="wrong") as desk:
        found = await findings(desk)
    assert not found["token"].good
    assert words in found["token"].advice
    assert "Create issues" not in found


async def test_a_right_that_lacks_says_where_and_what_to_click() -> None:
    site = Site()
    site.granted -= {"TRANSITION_ISSUES", "USER_PICKER"}
    async with at_desk(FakeJira(site), projects={"payments": "PAY", "web": "GONE"}) as desk:
        found = await findings(desk)
    lacking = {subject for subject, each in found.items() if not each.good}
    assert lacking == {"Transition issues", "Browse users and groups", "Browse projects"}
    advice = found["Transition issues"].advice
    assert advice.startswith("At OPS, PAY: Project settings → Permissions → Transition issues")
    assert "Global permissions" in found["Browse users and groups"].advice
    assert found["Browse projects"].advice.startswith("At GONE: ")


async def test_who_may_create_nothing_is_not_told_of_types() -> None:
    site = Site()
    site.granted -= {"CREATE_ISSUES"}
    async with at_desk(FakeJira(site)) as desk:
        found = await findings(desk)
        assert not any("createmeta" in each for each in desk.fake.asked)
    assert [subject for subject, each in found.items() if not each.good] == ["Create issues"]


async def test_names_that_are_not_there() -> None:
    site = Site(priorities=("High", "Medium", "Low"), screen=set(SCREEN) - {"labels"})
    async with at_desk(FakeJira(site), projects={}) as desk:
        found = await findings(desk)
    assert "At OPS (Highest): " in found["priorities"].advice
    assert "add Labels" in found["issue_type"].advice
    async with at_desk(FakeJira(Site()), issue_type="Epic") as desk:
        found = await findings(desk)
    assert 'there is no "Epic"' in found["issue_type"].advice


async def test_a_project_without_priorities_lacks_nothing() -> None:
    async with at_desk(FakeJira(Site(screen=set(SCREEN) - {"priority"}))) as desk:
        assert (await findings(desk))["priorities"].good


async def test_settings_that_cannot_be_right() -> None:
    wrong = {
        "edition": "server",
        "email": "",
        "project": None,
        "projects": {},
        "statuses": {"CLOSED": "Closed"},
        "priorities": {"P9": "Whenever"},
    }
    async with at_desk(**wrong) as desk:
        found = await findings(desk)
    assert {subject for subject, each in found.items() if not each.good} == {*wrong} - {
        "projects"
    } | {"token"}
    assert 'project = "PAY"' in found["project"].advice
