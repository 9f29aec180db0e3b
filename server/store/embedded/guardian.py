"""The guardian: a small process that runs PostgreSQL and does not let it outlive its owner.

The owner starts this file as a script (`guarded.py`) and holds the other end of its standard
input. Each byte is the number of a signal to pass on; the end of the file means that the owner is
gone, however it went, and PostgreSQL is stopped at once.

Why a process and not `PR_SET_PDEATHSIG` between fork and exec of the owner alone: that signal
follows the death of the *thread* that forked, is cleared by a change of user, exists on Linux
only, and has to be set in a `preexec_fn`, which may deadlock in a process with threads. A pipe
has none of that. Here, in a process of one thread, the death signal is set as well, for the case
that the guardian is killed itself.

It imports only the standard library and runs with `-I -S`, ready in 15 ms.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from typing import NoReturn

CANNOT_RUN = 127
"""Exit status when the program could not be started, as in a shell."""

WORKPLACE = "/proc/self/fd/3" if sys.platform == "linux" else "."
"""The folder that the program was started in, by a name that leads there whatever its parents
permit: Linux follows such a link to the open folder itself."""

_PR_SET_PDEATHSIG = 1
_LAST_WORD_SECONDS = 10.0  # postgres kills children that ignore SIGQUIT after 5 s by itself


def main(uid: int, gid: int, command: list[str]) -> NoReturn:
    """Run the command as that account until it ends; exit with its status."""
    # Whoever stops the owner's whole group (Ctrl-C, systemd) leaves the order of events to it.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    guardian = os.getpid()
    child = os.fork()
    if child == 0:
        _become(uid, gid, command, guardian)
    threading.Thread(target=_obey, args=(child,), daemon=True).start()
    _, status = os.waitpid(child, 0)
    os._exit(abs(os.waitstatus_to_exitcode(status)))


def _become(uid: int, gid: int, command: list[str], guardian: int) -> NoReturn:
    try:
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_DFL)
        if sys.platform == "linux":
            # Not left as the current folder: PostgreSQL 15 leaves it and returns by its path.
            os.dup2(os.open(".", os.O_RDONLY | os.O_DIRECTORY), 3)
            os.set_inheritable(3, True)  # dup2 does not if it was 3 already
            os.chdir("/")
        if uid != os.geteuid():
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        if sys.platform == "linux":  # after the change of user, which clears it
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
        if os.getppid() == guardian:  # else it died before we could be told
            # The owner's pipe is no business of the server's.
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.execv(command[0], command)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(2, f"{command[0]}: {error}\n".encode())
    os._exit(CANNOT_RUN)


def _obey(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        while order := os.read(0, 1):
            os.kill(child, order[0])
        os.kill(child, signal.SIGQUIT)
        time.sleep(_LAST_WORD_SECONDS)
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
