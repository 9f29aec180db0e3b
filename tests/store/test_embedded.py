"""The embedded PostgreSQL of one process: real clusters in real folders."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
import pytest

from server.store.embedded import EmbeddedPostgres, EmbeddedPostgresError
from server.store.embedded.account import Account
from server.store.embedded.binaries import find_binaries
from server.store.embedded.fence import fence
from server.store.embedded.folders import private_folder
from server.store.embedded.reachable import CACHES
from tests.store.embedded_processes import (
    ENVIRONMENT,
    child,
    cluster_of,
    execute,
    fetch,
    postmaster_of,
)

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


async def start_and_stop(data_dir: Path, binaries: Path | None = None) -> None:
    async with EmbeddedPostgres.start(data_dir, binaries=binaries, durable=False):
        pass


async def test_rows_survive_a_clean_restart_at_the_same_url(tmp_path: Path) -> None:
    async with EmbeddedPostgres.start(tmp_path / "data") as server:
        assert server.is_owner
        first = server.url
        await execute(first, "create table kept (i int); insert into kept values (42)")
    async with EmbeddedPostgres.start(tmp_path / "data") as server:
        assert server.url == first
        assert await fetch(first, "select i from kept") == 42


async def test_server_is_durable_private_and_in_utc(tmp_path: Path) -> None:
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "jit": "off",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
    }
    async with EmbeddedPostgres.start(tmp_path / "data") as server:
        assert await fetch(server.url, "select current_database()") == "whychain"
        for name, value in expected.items():
            assert await fetch(server.url, "select current_setting($1)", name) == value
        # Text sorts by code point on every machine.
        assert await fetch(server.url, "select min(t) from unnest('{ä,b,Z}'::text[]) t") == "Z"
    assert mode(tmp_path / "data") == 0o700
    assert mode(cluster_of(tmp_path / "data")) == 0o700


async def test_log_is_bounded_and_keeps_nothing_of_refused_statements(tmp_path: Path) -> None:
    (tmp_path / "postgres.log").write_bytes(b"x" * (1 << 21))
    async with EmbeddedPostgres.start(tmp_path, durable=False) as server:
        assert await fetch(server.url, "select current_setting('fsync')") == "off"
        await execute(server.url, "create table only_once (t text primary key)")
        with pytest.raises(asyncpg.UniqueViolationError):
            await execute(server.url, "insert into only_once values ('hush'), ('hush')")
    assert "ready to accept connections" in server.log.read_text()
    assert "hush" not in server.log.read_text()
    assert server.log.stat().st_size < 1 << 20
    assert (tmp_path / "postgres.log.1").stat().st_size == 1 << 21


@pytest.mark.parametrize("name", ["x" * 200, "a comma, a space", "100 % sûr & 'so'?#=+"])
async def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    async with EmbeddedPostgres.start(tmp_path / name, durable=False) as server:
        setting = "select current_setting('unix_socket_directories')"
        sockets = Path(await fetch(server.url, setting))
    if sockets.is_absolute():  # not in the data directory
        assert mode(sockets) == 0o700
        shutil.rmtree(sockets)


@ON_LINUX
async def test_pid_file_naming_another_process_is_cleared(tmp_path: Path) -> None:
    """As in a container, where the old server's number is soon another process's."""
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")
    (tmp_path / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    await fence(tmp_path)
    assert names_in(tmp_path) == []


async def test_interrupted_initialisation_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / f"postgres-{find_binaries().major}.new-half"
    half.mkdir()
    (half / "PG_VERSION").write_text("half")
    async with EmbeddedPostgres.start(tmp_path, durable=False) as server:
        assert await fetch(server.url, "select 1") == 1
    assert not half.exists()


async def test_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="holds no `initdb`"):
        await start_and_stop(tmp_path / "data", tmp_path)


async def test_too_old_programs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "initdb").touch()
    (tmp_path / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.2'\n")
    (tmp_path / "postgres").chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match="15 or later is needed"):
        await start_and_stop(tmp_path / "data", tmp_path)


async def test_data_of_another_major_version_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "postgres-14").mkdir()
    with pytest.raises(EmbeddedPostgresError, match=r"postgres-14 holds the data.*pg_dump"):
        await start_and_stop(tmp_path)


async def test_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(EmbeddedPostgresError, match="Choose another WHYCHAIN_DATA_DIR"):
        await start_and_stop(tmp_path / "data")


async def test_damaged_data_is_reported_with_the_end_of_the_log(tmp_path: Path) -> None:
    await start_and_stop(tmp_path)
    (cluster_of(tmp_path) / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedPostgresError, match=r"ended as it started(.|\n)*pg_control"):
        await start_and_stop(tmp_path)


def test_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    mine = Account(os.geteuid(), os.getegid())
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(private_folder(tmp_path / "mine", mine, mode=0o700))
    for name in ("open", "link"):
        with pytest.raises(EmbeddedPostgresError, match="cannot be trusted"):
            private_folder(tmp_path / name, mine, mode=0o700)


@AS_ROOT
@ON_LINUX
async def test_root_may_keep_programs_and_data_below_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    programs = copy_of_the_wheel(closed)
    async with EmbeddedPostgres.start(closed / "data", binaries=programs) as server:
        await execute(server.url, "create extension pg_trgm")  # needs lib and share
        program, uid = program_and_user_of(postmaster_of(closed / "data"))
        assert any(program.is_relative_to(cache) for cache in CACHES)
        assert uid == Account.for_cluster(tmp_path / "none").uid != 0
    assert mode(closed) == 0o700


@AS_ROOT
async def test_ordinary_user_runs_it_too(tmp_path: Path) -> None:
    account = Account.for_cluster(tmp_path / "none")
    switch = {"user": account.uid, "group": account.gid, "extra_groups": [], "cwd": "/"}
    python = python_for(switch)
    home = Path(tempfile.mkdtemp(dir="/tmp"))  # which, unlike tmp_path, anyone can reach
    try:
        os.chown(home, account.uid, account.gid)
        async with child(home / "data", python=python, **switch) as owner:
            url = (await owner.says())["url"]
            await execute(url, "create table kept (i int); insert into kept values (42)")
        async with child(home / "data", python=python, **switch) as owner:
            assert await owner.says() == {"owner": True, "url": url}
            assert await fetch(url, "select i from kept") == 42
    finally:
        shutil.rmtree(home)


def copy_of_the_wheel(site_packages: Path) -> Path:
    installed = find_binaries().folder
    package = installed.parents[1]
    shutil.copytree(package, site_packages / package.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, site_packages / libraries.name)
    return site_packages / installed.relative_to(package.parent)


def names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def program_and_user_of(pid: int) -> tuple[Path, int]:
    process = Path(f"/proc/{pid}")
    return (process / "exe").readlink(), process.stat().st_uid


def python_for(switch: dict[str, object]) -> str:
    """An interpreter that this user can run with the product's packages; skips without."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = [python, "-B", "-c", "import asyncpg, uvloop, server.store.embedded"]
        try:
            done = subprocess.run(
                command, env=ENVIRONMENT, capture_output=True, check=False, **switch
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("no interpreter and packages that an ordinary user can read")
