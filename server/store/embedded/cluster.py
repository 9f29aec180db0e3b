"""One database cluster: where its files lie, and with what settings it runs.

    <data directory>/
        postgres.lock       held by the process that owns the server (`lock.py`)
        postgres.log        what postgres says; postgres.log.1 is the one before
        postgres-18/        the cluster of that major version, mode 0700, and the socket in it

Postgres never walks the path of the cluster: it gets that folder opened (`guardian.WORKPLACE`),
so it reaches its data whatever the folders above permit. Root's data stays where root asked for
it, below a closed home directory too, although postgres runs as `nobody`; no folder's mode
changes, nothing is kept elsewhere that a cleaner of temporary files could take, and deleting the
data directory deletes the data.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from server.store.embedded.account import Account
from server.store.embedded.binaries import Binaries, find_binaries
from server.store.embedded.errors import EmbeddedPostgresError
from server.store.embedded.folders import is_private, private_folder
from server.store.embedded.guardian import WORKPLACE
from server.store.embedded.reachable import reachable_by

DATABASE = ROLE = "whychain"
PORT = 5432  # of the socket's name only: nothing listens on TCP

_LONGEST_SOCKET = 103
"""Bytes of a Unix socket's path: 104 with its NUL on macOS and BSD, 108 on Linux (sun_path)."""

_LOG_BYTES = 1 << 20
_LOG_TAIL_BYTES = 2_000

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    "jit": "off",  # its compilation costs more than the queries of an API
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "whychain",
    # A refused statement is its caller's to report, and would carry what people wrote.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
if sys.platform == "linux":
    # Before it recovers from a kill it flushes the data; file by file, a busy disk takes seconds.
    _SETTINGS["recovery_init_sync_method"] = "syncfs"
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The places, programs and account of one cluster, which need not exist yet."""

    home: Path
    binaries: Binaries
    account: Account
    durable: bool

    @classmethod
    def locate(cls, home: Path, binaries: Path | None, *, durable: bool) -> Self:
        """Find programs and account for that data directory, and make the directory. Blocks."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = home.resolve()
        found = find_binaries(binaries)
        account = Account.for_cluster(_folder(home, found.major))
        return cls(home, reachable_by(account, found), account, durable)

    @property
    def path(self) -> Path:
        """The folder of PostgreSQL's own files."""
        return _folder(self.home, self.binaries.major)

    @property
    def lock(self) -> Path:
        """The file whose lock makes a process the owner."""
        return self.home / "postgres.lock"

    @property
    def log(self) -> Path:
        """The file that postgres writes its log to."""
        return self.home / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket as clients name it.

        It is the cluster's own unless its path is too long for a socket, or holds a comma, which
        clients take for a list of hosts; then a short one named after the data directory.
        """
        longest = len(os.fsencode(f"{self.path}/.s.PGSQL.{PORT}"))
        if longest <= _LONGEST_SOCKET and "," not in str(self.path):
            return self.path
        return Path("/tmp") / f"whychain-{_short_digest(self.home)}"  # noqa: S108 - private_folder() guards it

    @property
    def sockets_are_trusted(self) -> bool:
        """Whether the socket's folder is there and nobody else could have put a socket in it."""
        return is_private(self.sockets, self.account, mode=0o700)

    @property
    def says_ready(self) -> bool:
        """Whether postmaster.pid says so, which connecting would tell at the price of a log line.

        A server that was killed cannot take its word back, so this alone proves nothing.
        """
        try:
            return "ready" in (self.path / "postmaster.pid").read_text()
        except FileNotFoundError:
            return False

    def url(self, database: str = DATABASE) -> str:
        """Where clients connect; the same for every process and after every takeover."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.sockets))}&port={PORT}"

    def command(self) -> list[str | Path]:
        """The command line that runs the server, in the cluster's folder."""
        # The socket's path is relative as well, so that it may be long for postgres.
        sockets = "." if self.sockets == self.path else str(self.sockets)
        settings = _SETTINGS | ({} if self.durable else _THROWAWAY)
        settings["unix_socket_directories"] = sockets
        options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        return [self.binaries.postgres, "-D", WORKPLACE, *options]

    def make_socket_folder(self) -> None:
        """Make the short folder if one is needed. For the owner only."""
        if self.sockets != self.path:
            private_folder(self.sockets, self.account, mode=0o700)

    @contextmanager
    def open_log(self) -> Iterator[int]:
        """The log's file descriptor for a new run; a log that has grown large is put aside."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.log, flags, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def failure(self, what: str) -> EmbeddedPostgresError:
        """An error that carries the end of the log."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - _LOG_TAIL_BYTES))
                tail = log.read().decode(errors="replace").splitlines()[-8:]
        except OSError as error:
            tail = [str(error)]
        return EmbeddedPostgresError("\n    ".join([f"{what} The end of {self.log}:", *tail]))


def _folder(home: Path, major: int) -> Path:
    return home / f"postgres-{major}"


def _short_digest(home: Path) -> str:
    return hashlib.blake2b(os.fsencode(home), digest_size=8).hexdigest()
