"""What a worker does again and again."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from structlog.testing import capture_logs

from server.jobs.prune import Prune
from server.jobs.worker import Worker
from server.store import tables
from server.store.database import Database
from tests.commands.stored import Stored
from tests.jobs.conftest import until, working

SECRET = "what a library quoted"


@dataclass
class Stumbling:
    """Fails the first time."""

    every: timedelta = timedelta(milliseconds=1)
    name: str = "stumbling"
    done: list[bool] = field(default_factory=list)

    async def once(self) -> None:
        self.done.append(True)
        if len(self.done) == 1:
            raise RuntimeError(SECRET)


async def test_what_fails_is_logged_without_its_words_and_done_again(database: Database) -> None:
    stumbling = Stumbling()
    with capture_logs() as logged:
        async with Worker(database.url, (), [stumbling]).running():
            await until(lambda: len(stumbling.done) > 2)
    (line,) = [line for line in logged if line["event"] == "stumbling failed"]
    assert line["error"].startswith("RuntimeError at test_loop.py:")
    assert SECRET not in str(logged)
    ended = len(stumbling.done)
    await asyncio.sleep(0.01)
    assert len(stumbling.done) == ended


async def test_the_prune_deletes_what_is_old(database: Database, stored: Stored) -> None:
    row: dict[str, object] = {"source": "parrot", "key": "k1", "event": "said", "body": b"{}"}
    await stored.add(tables.delivery, **row, state="DONE")
    async with working(database) as office:
        with capture_logs() as logged:
            await Prune(office, timedelta(days=1)).once()
            assert (await stored.row(tables.delivery, key="k1"))["body"] == b"{}"
            await Prune(office, timedelta(0)).once()
            assert (await stored.row(tables.delivery, key="k1"))["body"] is None
    pruned = [line for line in logged if line["event"] == "pruned"]
    assert [(line["bodies"], line["idempotency_keys"]) for line in pruned] == [(1, 0)]
