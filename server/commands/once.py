"""Doing a thing once, however often it is asked for with the same idempotency key."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from server.commands.work import Work
from server.domain.text import storable
from server.domain.viewer import Viewer
from server.errors import ErrorCode, refuse
from server.store import idempotency

MAX_KEY = 200
"""Characters of an idempotency key."""

KEPT_FOR = timedelta(days=7)
"""How long a key is known: who tries again for a week has a job for a person."""


async def once(
    work: Work,
    viewer: Viewer,
    command: object,
    key: str | None,
    create: Callable[[], Awaitable[Sequence[UUID]]],
) -> Sequence[UUID]:
    """Run `create`, or give what it gave when this viewer sent the same command and key before.

    Raises:
        Refused: CONFLICT, the key was used with another input; INVALID, it is empty or too long.
    """
    if key is None:
        return await create()
    if not 0 < len(key) <= MAX_KEY or not storable(key):
        message = f"An idempotency key has 1 to {MAX_KEY} characters, and no NUL."
        raise refuse(ErrorCode.INVALID, message, "idempotencyKey")
    name = _name(command)
    digest = _digest(command)
    known = await idempotency.claim(work.tx, viewer.subject, name, key, digest)
    if known is None:
        result = await create()
        await idempotency.settle(work.tx, viewer.subject, name, key, result)
        return result
    if known["digest"] != digest:
        message = "This key was used with another input. Use a new key for a new request."
        raise refuse(ErrorCode.CONFLICT, message, "idempotencyKey")
    return list(known["result"])


def _name(command: object) -> str:
    """The command's class with its noun, as in "incident.Declare": one key may serve several."""
    noun = type(command).__module__.rpartition(".")[2]
    return f"{noun}.{type(command).__name__}"


def _digest(command: object) -> bytes:
    return sha256(orjson.dumps(command, default=_plain, option=orjson.OPT_SORT_KEYS)).digest()


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no digest")
