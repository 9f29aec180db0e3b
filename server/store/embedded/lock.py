"""The lock that makes one process the owner of a data directory."""

import fcntl
import os
from pathlib import Path

_NOBODY = -1


class OwnerLock:
    """An advisory lock on a file (`flock`), which the kernel releases when its holder dies.

    The file holds the owner's process id, for people and messages only.
    """

    def __init__(self, path: Path) -> None:
        """Nothing is opened or locked yet."""
        self._path = path
        self._descriptor = _NOBODY

    @property
    def held(self) -> bool:
        """Whether this process is the owner."""
        return self._descriptor != _NOBODY

    def acquire(self) -> bool:
        """Become the owner if there is none; True if this process is the owner now."""
        if self.held:
            return True
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        if not self._lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        return True

    def release(self) -> None:
        """Let another process become the owner."""
        if self.held:
            os.close(self._descriptor)
            self._descriptor = _NOBODY

    def _lock(self, descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        # A lock on a file that was deleted meanwhile keeps nobody else out.
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False
