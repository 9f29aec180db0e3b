"""The creation of a cluster: initdb, once in the life of a data directory."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from server.store.embedded.cluster import ROLE, Cluster
from server.store.embedded.errors import EmbeddedPostgresError
from server.store.embedded.guarded import Guarded
from server.store.embedded.guardian import WORKPLACE

INITDB_SECONDS = 90.0
"""How long creating a cluster may take; it takes half a second on a laptop."""


async def create_cluster(cluster: Cluster) -> None:
    """Create the cluster's files unless they are there. For the owner only.

    They are made in a folder beside and renamed once, so that a cluster is whole or not there,
    whenever this process is killed.
    """
    for abandoned in cluster.home.glob("postgres-*.new-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    if (cluster.path / "PG_VERSION").exists():
        return
    _refuse_other_majors(cluster)
    fresh = Path(tempfile.mkdtemp(prefix=f"{cluster.path.name}.new-", dir=cluster.home))
    os.chown(fresh, cluster.account.uid, cluster.account.gid)
    with cluster.open_log() as log:
        initdb = Guarded(_initdb(cluster), cwd=fresh, account=cluster.account, output=log)
        try:
            await initdb.exits_within(INITDB_SECONDS)
        finally:
            await initdb.stop()
    if initdb.status != 0:
        raise cluster.failure(f"PostgreSQL's initdb failed in {cluster.home}.")
    _rename_durably(fresh, cluster.path)


def _initdb(cluster: Cluster) -> list[str | Path]:
    # The same order of text everywhere, whatever the machine's C library sorts like.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if cluster.binaries.major < 17:  # which brought that provider
        locale = ["--locale=C.UTF-8"]
    sync = [] if cluster.durable else ["--no-sync"]
    options = ["-A", "trust", "-E", "UTF8", "-U", ROLE, "--no-instructions", *locale, *sync]
    return [cluster.binaries.initdb, "-D", WORKPLACE, *options]


def _refuse_other_majors(cluster: Cluster) -> None:
    for other in cluster.home.glob("postgres-*"):
        if re.fullmatch(r"postgres-\d+", other.name):
            raise EmbeddedPostgresError(
                f"{other} holds the data, but the PostgreSQL found is {cluster.binaries.major} "
                f"({cluster.binaries.folder}): start with the programs of that version and move "
                "the data with pg_dump, or choose another WHYCHAIN_DATA_DIR to begin anew."
            )


def _rename_durably(source: Path, target: Path) -> None:
    source.rename(target)
    descriptor = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
