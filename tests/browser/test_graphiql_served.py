"""The GraphiQL page in a real browser, on the real server with a story told."""

import json
from pathlib import Path

from server.demo.door import Address, Door
from server.demo.story import StoryResult, play
from tests.browser.chromium import Page
from tests.browser.test_graphiql_browser import RESPONSE
from tests.house import Served, serving

TABS = "[...document.querySelectorAll('.graphiql-tab-button')]"


async def told(served: Served) -> StoryResult:
    keys = served.keys
    address = Address(served.url, keys.token, keys.github, keys.pagerduty)
    async with Door.open(address) as door:
        return await play(door, pace=0.0, tell=lambda _: None)


async def opened(page: Page, number: int) -> None:
    """Bring a tab to the front."""
    await page.evaluate(f"{TABS}[{number}].click()")
    opening = f"document.querySelectorAll('.graphiql-tab')[{number}]"
    await page.wait_for(f"{opening}.classList.contains('graphiql-tab-active')")


async def test_all_five_tabs_run_with_one_click(
    page: Page, database_url: str, tmp_path: Path
) -> None:
    async with serving(database_url=database_url) as served:
        story = await told(served)
        await page.open(f"{served.url}/graphql#token={served.keys.token}")
        await page.wait_for("document.querySelectorAll('.graphiql-tab').length >= 5")
        for number in range(4):
            await opened(page, number)
            await page.click(".graphiql-execute-button")
            answer = json.loads(await page.wait_for(RESPONSE))
            assert "errors" not in answer, answer
        await opened(page, 4)
        await page.click(".graphiql-execute-button")
        await page.wait_for(f"JSON.parse({RESPONSE}).received >= 10")
        events = json.loads(await page.evaluate(RESPONSE))["latestFirst"]
        assert events[-1]["data"]["timeline"]["change"] == "ADDED"
        assert story.incident.startswith("inc_")
        assert page.complaints == []
        assert [url for url in page.urls if served.url.split("//")[1] not in url] == []
        tmp_path.joinpath("graphiql.png").write_bytes(await page.screenshot())
