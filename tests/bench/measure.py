"""Comparing two ways to do the same thing: by turns, and by medians."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
    found: tuple[list[T], list[T]] = ([], [])
    for turn in range(rounds):
        sides = [(ours, found[0]), (peer, found[1])]
        for side, kept in sides if turn % 2 else reversed(sides):
            kept.append(await side())
    return found
