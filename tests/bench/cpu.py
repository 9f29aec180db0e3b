"""Processor time of processes, from Linux's /proc: the figure that neighbours do not change."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.bench.measure import Skipped

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class _Process:
    """One process: its parent, and its seconds with those of children it has waited for."""

    parent: int
    seconds: float


def _processes() -> dict[int, _Process]:
    found = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        # The program's name, in brackets, may hold anything: count from the last bracket on.
        fields = stat[stat.rindex(b")") + 2 :].split()
        ticks = sum(map(int, fields[11:15]))
        found[int(folder.name)] = _Process(int(fields[1]), ticks * _TICK)
    return found


def seconds(root: int) -> float:
    """What a process, its children and theirs have spent so far."""
    processes = _processes()
    family = {root}
    # Children have larger ids than their parents only until ids wrap around: look until no more.
    while more := {
        pid for pid, each in processes.items() if each.parent in family and pid not in family
    }:
        family |= more
    return sum(processes[pid].seconds for pid in family)


def exact_seconds(pid: int) -> float:
    """What the threads of one process have spent so far, finer than ticks; without children."""
    threads = (_PROC / str(pid) / "task").iterdir()
    return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9


async def postmaster(url: str) -> int:
    """The process that the backends of this database are children of.

    Raises:
        Skipped: it runs where we cannot look.
    """
    connection = await asyncpg.connect(url)
    try:
        backend = await connection.fetchval("select pg_backend_pid()")
        own = _processes().get(backend)
        name = (_PROC / str(backend) / "comm").read_text().strip() if own else None
    finally:
        await connection.close()
    if own is None or name != "postgres":
        raise Skipped("the processor time of PostgreSQL is read from /proc: run it on this Linux")
    return own.parent
