"""The browser of the browser tests."""

from collections.abc import AsyncIterator

import pytest

from tests.browser.chromium import Page, chromium_page, find_chromium


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """An empty tab of a fresh headless Chromium."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    async with chromium_page(executable) as page:
        yield page
