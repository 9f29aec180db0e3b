"""The fence between an owner that is gone and the one that follows it.

A postgres whose owner was killed is stopping, but may not have ended; one that was killed itself
may leave backends in the middle of a query. PostgreSQL refuses to start beside either. The new
owner holds the lock, so whatever still runs in the cluster may be ended.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_STEPS = ((signal.SIGQUIT, 6.0), (signal.SIGKILL, 4.0))
"""What the remains are sent, with the seconds each is given; postgres needs at most 5 for QUIT."""

_POLL_SECONDS = 0.02
_PROC = Path("/proc")


async def fence(cluster: Path) -> None:
    """End what an earlier owner left running in that folder; takes at most 10 s.

    Costs nothing after a clean shutdown, which removes `postmaster.pid`. Processes that we may
    not look into (root without CAP_SYS_PTRACE, no `/proc`) are waited for, never signalled; then
    PostgreSQL's own interlock has the last word.
    """
    if not _pid_file(cluster).exists():
        return
    for order, seconds in _STEPS:
        for process in _remains(cluster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), order)
        if await _gone_within(cluster, seconds):
            break
    _clear_reused_pid(cluster)


async def _gone_within(cluster: Path, seconds: float) -> bool:
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while any(_remains(cluster)) or _is_postmaster_there(cluster):
        if clock() > deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


def _remains(cluster: Path) -> Iterator[Path]:
    """The entries in /proc of every postgres process of the cluster that we can see."""
    return (process for process in _PROC.glob("[0-9]*") if _works_in(process, cluster))


def _is_postmaster_there(cluster: Path) -> bool:
    pid = _recorded_pid(cluster)
    if not _PROC.joinpath("self", "cwd").exists():
        return pid is not None  # it removes the file when it ends
    return pid is not None and _works_in(_PROC / str(pid), cluster) is not False


def _works_in(process: Path, cluster: Path) -> bool | None:
    """Whether that process is a postgres of the cluster; None where we may not see its folder."""
    try:
        name, _, state = (process / "stat").read_text().partition("(")[2].rpartition(") ")
        # A zombie stays until its parent looks; in a container that may be never.
        if name != "postgres" or state.startswith(("Z", "X")):
            return False
        return (process / "cwd").samefile(cluster)
    except PermissionError:
        return None
    except OSError:  # it has just ended
        return False


def _clear_reused_pid(cluster: Path) -> None:
    """Remove pid files that name a living process which is no postgres of this cluster.

    In a container the numbers begin anew at each start, so the old postmaster's often belongs to
    another process; PostgreSQL would take that one for itself and refuse to start.
    """
    pid = _recorded_pid(cluster)
    if pid is not None and (_PROC / str(pid)).exists() and not _is_postmaster_there(cluster):
        _pid_file(cluster).unlink()
        for socket_lock in cluster.glob(".s.PGSQL.*.lock"):
            socket_lock.unlink()


def _recorded_pid(cluster: Path) -> int | None:
    try:
        first = _pid_file(cluster).read_text().partition("\n")[0]
    except FileNotFoundError:
        return None
    return abs(int(first)) if first.lstrip("-").isdecimal() else None


def _pid_file(cluster: Path) -> Path:
    return cluster / "postmaster.pid"
