"""Comparing two ways to do the same thing: by turns, and by medians."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Skipped(Exception):
    """A comparison that this machine cannot make; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Result:
    """A comparison: `ours` and `peer` in `unit`, medians of `rounds`.

    `ratio` says how many times better ours is, unless `unit` says otherwise; `note` tells what
    else was seen.
    """

    ratio: float
    ours: float
    peer: float
    unit: str
    rounds: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure.

    In each round either side takes one turn: `repeats` operations where their processor time is
    compared, `seconds` of load where it is requests.
    """

    rounds: int = 7
    repeats: int = 40
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Databases:
    """The addresses of two databases: one with a long history, one with a hundredth of it."""

    large: str
    small: str


async def by_turns(
    ours: Callable[[], Awaitable[T]], peer: Callable[[], Awaitable[T]], rounds: int
) -> tuple[list[T], list[T]]:
    """What either side measured in each round; who begins changes from round to round."""
    mine, theirs = await all_by_turns((ours, peer), rounds)
    return mine, theirs


async def all_by_turns(
    sides: Sequence[Callable[[], Awaitable[T]]], rounds: int
) -> tuple[list[T], ...]:
    """What each side measured in each round; every other round goes the other way around."""
    found: tuple[list[T], ...] = tuple([] for _ in sides)
    for turn in range(rounds):
        pairs = list(zip(sides, found, strict=True))
        for side, kept in pairs if turn % 2 else reversed(pairs):
            kept.append(await side())
    return found
