"""A process that uses an embedded PostgreSQL until its standard input ends.

Prints one line of JSON whenever it becomes the owner or is attached: {"owner": …, "url": …}.
"""

import asyncio
import json
import sys
from pathlib import Path

import structlog
import uvloop

from server.store.embedded import EmbeddedPostgres


async def main(data_dir: Path, binaries: Path | None) -> None:
    async with EmbeddedPostgres.start(data_dir, binaries=binaries) as server:
        reader = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        said: bool | None = None
        while not reader.done():
            if server.is_owner != said:
                said = server.is_owner
                sys.stdout.write(json.dumps({"owner": said, "url": server.url}) + "\n")
                sys.stdout.flush()
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    uvloop.run(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
