"""The contract suite: what every integration must stand, ours and others'.

An author gives the plugin and, for each of its powers, something to try it with; the suite does the
rest. It needs the standard library alone. With pytest:

    CHECKS = checks_of(plugin, Vendor(plugin, sign, bodies), Polled(plugin, account, world, odd))

    @pytest.mark.parametrize("check", CHECKS, ids=str)
    def test_contract(check):
        asyncio.run(check())

Without it, `asyncio.run(stand(plugin, …))` raises one AssertionError that names all that is wrong.
"""

from integrations.testing.acting import Messages, News, Pages, Tickets
from integrations.testing.checked import Checked
from integrations.testing.reading import Backfilled, Polled
from integrations.testing.site import Asked, Site, World, in_memory, listening
from integrations.testing.suite import Check, Part, checks_of, stand
from integrations.testing.webhooks import CHECKS, Fixture, Sign, Vendor

__all__ = [
    "CHECKS",
    "Asked",
    "Backfilled",
    "Check",
    "Checked",
    "Fixture",
    "Messages",
    "News",
    "Pages",
    "Part",
    "Polled",
    "Sign",
    "Site",
    "Tickets",
    "Vendor",
    "World",
    "checks_of",
    "in_memory",
    "listening",
    "stand",
]
