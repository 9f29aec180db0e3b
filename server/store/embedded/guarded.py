"""A program that dies when this process does, seen from this process."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from server.store.embedded import guardian
from server.store.embedded.account import Account

_POLL_SECONDS = 0.01
_SHUTDOWN = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 7.0), (signal.SIGKILL, 5.0))
"""PostgreSQL's shutdowns with the seconds each is given: fast, immediate, none."""

# Nothing of ours reaches the program: PGOPTIONS, LD_LIBRARY_PATH or a locale would change it.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class Guarded:
    """One run of a program under a guardian (`guardian.py` says why)."""

    def __init__(
        self, command: Sequence[str | Path], *, cwd: Path, account: Account, output: int
    ) -> None:
        """Start it in that folder, which the account need not be able to reach by its path."""
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            [
                *(sys.executable, "-I", "-S", guardian.__file__),
                *(str(account.uid), str(account.gid)),
                *command,
            ],
            cwd=cwd,
            env=_ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            bufsize=0,
            start_new_session=True,
        )

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    async def exits_within(self, seconds: float) -> bool:
        """Wait for the end of the program, at most that long; False if it still runs."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        while self.status is None:
            if clock() > deadline:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    async def stop(self) -> None:
        """Shut it down, more and more firmly, within 27 s; if cancelled, at once and unattended."""
        try:
            for order, seconds in _SHUTDOWN:
                self._signal(order)
                if await self.exits_within(seconds):
                    return
        finally:
            if self._process.stdin:
                self._process.stdin.close()

    def _signal(self, order: signal.Signals) -> None:
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):  # it has just ended
                self._process.stdin.write(bytes([order]))
