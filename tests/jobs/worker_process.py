"""A worker in a process of its own, whose integration never comes to an end with a delivery.

It says "begun" on its standard output once it has one. Started by `test_worker_killed.py` with
the database's address.
"""

import asyncio
import sys
import time

from integrations.contract import Delivery
from integrations.observation import Observations
from server.store.database import Database
from tests.jobs.conftest import Parrot, working


def hang(_: Delivery) -> Observations:
    print("begun", flush=True)  # noqa: T201  # the sign to kill
    time.sleep(600)
    return ()


async def main() -> None:
    async with Database.connect(sys.argv[1]) as database, working(database, Parrot(says=hang)):
        print("ready", flush=True)  # noqa: T201  # the sign to go on
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
