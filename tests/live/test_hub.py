"""The hub opens and closes groups: nobody is left in one that is gone."""

from typing import Any

import pytest

from server.errors import Unavailable
from server.live.hub import Hub
from server.live.script import Script
from server.store.database import Database
from tests.live.scripted import Past, settle

KEY = "what both follow"


class Deaf:
    """A client that takes nothing by itself."""

    def offer(self, results: Any) -> bool:
        return False

    def wake(self) -> None: ...


async def test_a_group_that_failed_does_not_close_the_one_after_it(database: Database) -> None:
    hub, broken, sound = Hub(database), Past(), Past()
    old = hub.follow(KEY, Script(None, broken, after=0), broken, Deaf())
    broken.fault = RuntimeError("broken")
    hub.board.reach(1)
    await settle()
    assert old.end
    new = hub.follow(KEY, Script(None, sound, after=0), sound, Deaf())
    group = hub.group(KEY)
    old.leave()
    assert hub.group(KEY) is group, "somebody follows it"
    new.leave()
    assert hub.group(KEY) is None


async def test_a_group_that_ended_meanwhile_is_not_joined(database: Database) -> None:
    hub, past = Hub(database), Past()
    only = hub.follow(KEY, Script(None, past, after=0), past, Deaf())
    group = hub.group(KEY)
    assert group
    only.leave()
    with pytest.raises(Unavailable, match="Subscribe again"):
        hub.rejoin(KEY, group, 0, Deaf())
