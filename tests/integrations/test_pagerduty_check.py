"""What `check` says of a connection to PagerDuty, and that it says what to click."""

import pytest

from integrations.contract import Finding
from integrations.pagerduty import plugin
from integrations.pagerduty.check import NEEDS
from tests.integrations.fake_pagerduty import FakePagerDuty
from tests.integrations.pagerduty_records import at
from tests.integrations.pagerduty_rounds import Reader, reading

RESOLVING = {"resolve": True, "from": "ada@acme.example"}


async def findings(reader: Reader) -> dict[str, Finding]:
    found = await plugin.check(reader.connection, reader.http)
    return {each.subject: each for each in found}


async def test_one_finding_for_each_right() -> None:
    fake = FakePagerDuty()
    incident_id = fake.triggers(1, at(0))
    async with reading(fake, priorities={"Critical": "SEV1"}, **RESOLVING) as reader:
        found = await findings(reader)
    assert found.keys() == {"priorities", "from", "token"} | {need.scope for need in NEEDS}
    assert all(each.good and not each.advice for each in found.values())
    assert fake.incidents[incident_id]["status"] == "triggered"


async def test_who_resolves_nothing_is_not_asked_for_the_right_to() -> None:
    async with reading(FakePagerDuty(read_only=True)) as reader:
        found = await findings(reader)
    assert "incidents.write" not in found
    assert all(each.good for each in found.values())


async def test_a_wrong_token_is_the_one_finding() -> None:
    async with reading(FakePagerDuty(), token="wrong") as reader:
        found = await findings(reader)
    assert not found["token"].good
    assert "API Access" in found["token"].advice
    assert "incidents.read" not in found
    assert "wrong" not in found["token"].advice


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/incidents", "incidents.read"),
        ("/log_entries", "incidents.read"),
        ("/services", "services.read"),
        ("/users", "users.read"),
        ("/teams", "teams.read"),
    ],
)
async def test_a_right_that_lacks_says_what_to_click(path: str, scope: str) -> None:
    async with reading(FakePagerDuty(refused={path})) as reader:
        found = await findings(reader)
    assert [each.subject for each in found.values() if not each.good] == [scope]
    assert "API Access Keys" in found[scope].advice


async def test_a_plan_without_teams_lacks_no_right() -> None:
    async with reading(FakePagerDuty(without={"/teams"})) as reader:
        found = await findings(reader)
    assert found["teams.read"].good


async def test_a_token_that_may_only_read_resolves_nothing() -> None:
    async with reading(FakePagerDuty(read_only=True), **RESOLVING) as reader:
        found = await findings(reader)
    assert "may only read" in found["incidents.write"].advice


async def test_settings_that_cannot_be_right() -> None:
    stranger = {"resolve": True, "from": "nobody@acme.example"}
    async with reading(FakePagerDuty(), **stranger) as reader:
        found = await findings(reader)
        assert "`from`" in found["incidents.write"].advice
    async with reading(FakePagerDuty(), resolve=True, priorities={"Critical": 1}) as reader:
        found = await findings(reader)
    assert "e-mail address" in found["from"].advice
    assert "Critical" in found["priorities"].advice
