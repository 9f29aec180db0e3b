"""Loaders: one call for what is asked for at one moment."""

import asyncio
from collections.abc import Sequence

import pytest

from schema.engine.loader import Loader


class Calls:
    """A function to load with, and what it was called with."""

    def __init__(self) -> None:
        self.keys: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, keys: list[int]) -> Sequence[int]:
        self.keys.append(list(keys))
        await self.gate.wait()
        if 13 in keys:
            raise ValueError("13")
        return [key * 10 for key in keys]


async def test_what_is_asked_for_at_one_moment_is_fetched_at_once() -> None:
    calls = Calls()
    loader = Loader(calls)
    assert await asyncio.gather(*(loader.load(key) for key in (1, 2, 1, 3))) == [10, 20, 10, 30]
    assert calls.keys == [[1, 2, 3]]


async def test_what_is_known_is_given_without_waiting() -> None:
    calls = Calls()
    loader = Loader(calls)
    await loader.load(1)
    assert loader.load(1) == 10
    assert calls.keys == [[1]]


async def test_what_is_fetched_ahead_is_known_when_the_wait_is_over() -> None:
    calls = Calls()
    loader = Loader(calls)
    coming = loader.ahead([1, 2])
    assert loader.ahead([2]) < coming
    await asyncio.wait(coming)
    assert (loader.load(1), loader.load(2)) == (10, 20)
    assert loader.ahead([1, 2]) == set()
    assert calls.keys == [[1, 2]]


async def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    calls = Calls()
    calls.gate.clear()
    loader = Loader(calls)

    async def wait() -> object:
        return await loader.load(1)

    impatient, patient = asyncio.create_task(wait()), asyncio.create_task(wait())
    await asyncio.sleep(0.01)
    impatient.cancel()
    calls.gate.set()
    assert await patient == 10
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_failure_is_everyones_who_waits_for_it_and_no_one_elses() -> None:
    loader = Loader(Calls())
    found = await asyncio.gather(loader.load(13), loader.load(1), return_exceptions=True)
    assert [type(each) for each in found] == [ValueError, ValueError]
    assert await loader.load(2) == 20
    with pytest.raises(ValueError, match="13"):
        await loader.load(13)


async def test_a_failure_ahead_of_its_use_is_told_at_its_use() -> None:
    loader = Loader(Calls())
    await asyncio.wait(loader.ahead([13]))
    with pytest.raises(ValueError, match="13"):
        await loader.load(13)


async def test_a_wrong_number_of_values_is_an_error_not_a_hang() -> None:
    async def too_few(keys: list[int]) -> Sequence[int]:
        return keys[1:]

    with pytest.raises(ValueError, match="zip"):
        await asyncio.wait_for(Loader(too_few).load(1), 5)
