"""JSON as it comes from outside, read without mercy.

orjson refuses what RFC 8259 does not know (NaN, lone surrogates, other encodings than UTF-8, a
byte order mark) and stops at 1,024 levels; variables that deep would still overrun the recursion
of the GraphQL executor, so the bound here is lower.
"""

from collections.abc import Iterable
from typing import Any

import orjson

MAX_DEPTH = 64


class NotJSON(ValueError):
    """The text is not JSON, or nests deeper than `MAX_DEPTH`. Its message may go to the sender."""


def parse(text: bytes | str) -> Any:
    """Read one JSON value.

    Raises:
        NotJSON: see there.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotJSON(f"This is not JSON: {error}.") from None
    if _may_nest_too_deep(text) and _nests_too_deep(value):
        raise NotJSON(f"This JSON nests deeper than {MAX_DEPTH} levels.")
    return value


def _may_nest_too_deep(text: bytes | str) -> bool:
    # Counting brackets is a memchr and spares nearly every request the walk.
    if isinstance(text, str):
        return text.count("[") + text.count("{") > MAX_DEPTH
    return text.count(b"[") + text.count(b"{") > MAX_DEPTH


def _nests_too_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> Iterable[object]:
    match node:
        case dict():
            return node.values()
        case list():
            return node
        case _:
            return ()
