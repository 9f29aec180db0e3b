"""Input that has fooled readers of webhooks: for the contract suite, and for tests of the host."""

import json
import re
from collections.abc import Iterator
from typing import Any

from integrations.contract import Headers

NO_OBJECTS = (
    b"",
    b"null",
    b"5",
    b'"x"',
    b"[]",
    b"{",
    b"NaN",
    b'{"a": NaN}',
    b"\xff\xfe{}",
    b'{"a": "\xff"}',
    b"[" * 50_000 + b"]" * 50_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
)
"""Bodies that are no JSON object of sane depth, or none that can be trusted to be read alike."""

_SCHEME = re.compile(rb"^.*?[= ]")
"""What stands before a digest or a token: "sha256=", "Bearer "."""

_REPLACEMENTS: tuple[Any, ...] = (
    None, True, 5, -1, 2**70, 1.5, 1e300, "", "x", "\x00\ud800", "x" * 300, [], [None], [[]], {},
)  # fmt: skip
_LEFT_OUT = object()


def spoiled(headers: Headers, targets: Headers) -> Iterator[tuple[str, Headers]]:
    """`headers` with one of `targets` spoiled, and the words for how; `targets` are its own."""
    for name, (value,) in targets.items():
        last = b"0" if value[-1:] != b"0" else b"1"
        for trap, values in {
            "is missing": (),
            "is repeated": (value, value),
            "is repeated, wrong first": (value[:-1] + last, value),
            "is empty": (b"",),
            "is wrong": (value[:-1] + last,),
            "is truncated": (value[:-1],),
            "is longer": (value + b"0",),
            "is not ASCII": (value[:-1] + b"\xe9",),
            "ends in a line feed": (value + b"\n",),
            "is endless": (value * 1_000,),
            "lacks its scheme": (_SCHEME.sub(b"", value),),
        }.items():
            yield f"{name.decode()} {trap}", {**headers, name: values}


def mutants(document: Any, most: int | None = None) -> Iterator[tuple[str, bytes]]:
    """`document` as JSON with each of its values in turn replaced or left out, and the words for
    it; about `most` of them, from all of it. `document` is changed on the way."""
    changes = [
        (place, replacement)
        for place in _places(document)
        for replacement in (*_REPLACEMENTS, _LEFT_OUT)
    ]
    # Odd, so that a step through all places meets every replacement.
    step = (len(changes) // most) | 1 if most else 1
    for (path, holder, key), replacement in changes[::step]:
        original = holder[key]
        if replacement is not _LEFT_OUT:
            holder[key] = replacement
            yield f"{path} = {replacement!r:.30}", json.dumps(document).encode()
        elif isinstance(holder, dict):
            del holder[key]
            yield f"{path} left out", json.dumps(document).encode()
        holder[key] = original


def _places(node: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every value below `node`: its path, what holds it, and under which key."""
    match node:
        case dict():
            keys: list[Any] = list(node)
        case list():
            keys = list(range(len(node)))
        case _:
            keys = []
    for key in keys:
        yield f"{path}/{key}", node, key
        yield from _places(node[key], f"{path}/{key}")
