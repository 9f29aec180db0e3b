"""Crowds of subscribers at our server and at its peers, all at once: each is measured by turns."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import orjson

from tests.bench import cpu
from tests.bench.live.sides import Side, our_side, raw_side, strawberry_side, yoga_side
from tests.bench.measure import Databases, Effort, Skipped, all_by_turns

CROWD = 4000
"""Subscribers of a large incident."""

ALIKE = 0.05
"""By how much the messages of two servers may differ in length."""

_WARMING_SECONDS = 1.0
_FILES_BESIDE = 256
"""What a process holds open besides the sockets of a crowd."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn of single events showed.

    `cpu` is microseconds of the server's processor time per delivery, `postgres` milliseconds of
    PostgreSQL's per event, `lasts` milliseconds from each request to the last delivery.
    """

    cpu: float
    postgres: float
    lasts: list[float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server showed: with its crowd, and in its turns."""

    side: Side
    turns: list[Turn]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What each server showed, or why it is missing."""

    figures: Mapping[str, Figures]
    missing: Mapping[str, Skipped]

    def __getitem__(self, name: str) -> Figures:
        """What one server showed.

        Raises:
            Skipped: this machine cannot run it.
        """
        if name in self.missing:
            raise self.missing[name]
        return self.figures[name]


_measured: dict[tuple[Databases, Effort, int], Crowd] = {}


async def crowd(databases: Databases, effort: Effort, count: int) -> Crowd:
    """What each server shows with so many subscribers; measured once in a run.

    Raises:
        Skipped: this machine allows too few sockets.
    """
    key = databases, effort, count
    if key not in _measured:
        _measured[key] = await _measure(databases.large, effort, count)
    return _measured[key]


def allow_sockets(count: int) -> None:
    """Let each process that is started from here have a socket for each subscriber.

    Raises:
        Skipped: the machine does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise Skipped(f"a process may open {hard:,} files here, and needs {wanted:,}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _measure(database: str, effort: Effort, count: int) -> Crowd:
    allow_sockets(count)
    postmaster = await cpu.postmaster(database)
    missing = {}
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(our_side(database, count))
        model = ours.followers.joined.message
        sides = {
            "ours": ours,
            "raw": await stack.enter_async_context(raw_side(count, model)),
            "strawberry": await stack.enter_async_context(strawberry_side(count)),
        }
        try:
            sides["yoga"] = await stack.enter_async_context(yoga_side(count))
        except Skipped as lack:
            missing["yoga"] = lack
        for side in sides.values():
            _check_alike(model, side.followers.joined.message)
            await _turn(side, postmaster, _WARMING_SECONDS)
        turns = await all_by_turns(
            [partial(_turn, side, postmaster, effort.seconds) for side in sides.values()],
            effort.rounds,
        )
    figures = {
        name: Figures(side, each) for (name, side), each in zip(sides.items(), turns, strict=True)
    }
    return Crowd(figures, missing)


def _check_alike(mine: str, theirs: str) -> None:
    """Check that two messages tell the same fields in about as many bytes."""
    changes = [orjson.loads(each)["payload"]["data"]["timeline"] for each in (mine, theirs)]
    assert len({tuple(each) for each in changes}) == 1, (mine, theirs)
    assert len({tuple(each["entry"]) for each in changes}) == 1, (mine, theirs)
    assert abs(len(mine) - len(theirs)) <= ALIKE * len(mine), (mine, theirs)


async def _turn(side: Side, postmaster: int, seconds: float) -> Turn:
    """Single events, one after the other, for so long."""
    server, postgres = cpu.exact_seconds(side.server.pid), cpu.seconds(postmaster)
    sent = await side.keep_sending(seconds)
    spent = cpu.exact_seconds(side.server.pid) - server
    return Turn(
        cpu=spent / len(sent) / side.followers.count * 1e6,
        postgres=(cpu.seconds(postmaster) - postgres) / len(sent) * 1000,
        lasts=[each.last * 1000 for each in sent],
    )
