"""Private folders in places where everybody may write."""

import os
import stat
from pathlib import Path

from server.store.embedded.account import Account
from server.store.embedded.errors import EmbeddedPostgresError


def private_folder(path: Path, owner: Account, *, mode: int) -> Path:
    """Make the folder, or make sure that the one that is there is really ours.

    In a directory like `/tmp` anyone may have made it first, or put a link in its place; such a
    one is refused, not used and not repaired.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        path.chmod(mode)
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    if not is_private(path, owner, mode=mode):
        raise EmbeddedPostgresError(
            f"{path} is not a folder of user {owner.uid} with mode {mode:o}, so it cannot be "
            "trusted: remove it and start again."
        )
    return path


def is_private(path: Path, owner: Account, *, mode: int) -> bool:
    """Whether it is a folder (no link) of that owner that permits no more than the mode."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    permits_more = found.st_mode & 0o777 & ~mode
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner.uid and not permits_more
