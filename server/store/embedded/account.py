"""Whom postgres runs as.

PostgreSQL refuses to run as root, so root hands it to whoever owns the cluster already, or to
`nobody` when there is none yet. Anyone else runs it as themselves.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from server.store.embedded.errors import EmbeddedPostgresError


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group of the operating system, by number."""

    uid: int
    gid: int

    @classmethod
    def for_cluster(cls, cluster: Path) -> Self:
        """The account that may run the cluster at this path, which need not exist yet."""
        mine = cls(os.geteuid(), os.getegid())
        if cluster.exists():
            owner = cls(cluster.stat().st_uid, cluster.stat().st_gid)
        else:
            owner = mine if mine.uid else cls._nobody()
        if mine.uid not in (0, owner.uid):
            raise EmbeddedPostgresError(
                f"{cluster} belongs to user {owner.uid} and you are user {mine.uid}: start as that "
                "user (or root) or choose another WHYCHAIN_DATA_DIR."
            )
        if owner.uid == 0:
            raise EmbeddedPostgresError(
                f"{cluster} belongs to root, as whom PostgreSQL refuses to run: "
                f"`chown -R nobody {cluster}` or choose another WHYCHAIN_DATA_DIR."
            )
        return owner

    @classmethod
    def _nobody(cls) -> Self:
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedPostgresError(
                "PostgreSQL refuses to run as root and this machine has no user `nobody`: start "
                "as an ordinary user, or set WHYCHAIN_DATABASE_URL."
            ) from None
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def is_ours(self) -> bool:
        """Whether this process runs as that user already."""
        return self.uid == os.geteuid()
