"""Answers compared: equal JSON, keys in the same order, numbers by their value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson


class Pairs(list[tuple[str, Any]]):
    """A JSON object as its names and values stand, doubles included."""


def parsed(body: bytes) -> Any:
    """A JSON text, its objects as pairs.

    Raises:
        ValueError: it is no JSON, or has NaN, an infinity, or half of a surrogate pair.
    """
    orjson.loads(body)
    return json.loads(body, object_pairs_hook=Pairs)


def difference(resolved: Any, compiled: Any) -> str | None:
    """The first place where two answers differ, and what stands there."""
    return next(_differences(resolved, compiled, "$"), None)


def _differences(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, Pairs) and isinstance(other, Pairs):
        names, others = [name for name, _ in one], [name for name, _ in other]
        if names != others:
            yield f"{place} has the names {names} and {others}"
        for (name, value), (_, beside) in zip(one, other, strict=False):
            yield from _differences(value, beside, f"{place}.{name}")
    elif type(one) is list and type(other) is list:
        if len(one) != len(other):
            yield f"{place} has {len(one)} and {len(other)} items"
        for index, (value, beside) in enumerate(zip(one, other, strict=False)):
            yield from _differences(value, beside, f"{place}[{index}]")
    elif not _equal(one, other):
        yield f"{place} is {one!r} and {other!r}"


def _equal(one: Any, other: Any) -> bool:
    numbers = (int, float)
    if type(one) in numbers and type(other) in numbers:
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)
