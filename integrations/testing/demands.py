"""What the checks demand of everything that is to be kept, and how they say that it is not so."""

import contextlib
import io
import json
import logging
import re
from collections.abc import Iterable, Iterator

from integrations.contract import Secret
from integrations.observation import Observations, from_json, to_json

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def require(holds: object, message: str) -> None:
    """Raises: AssertionError: it does not hold."""
    if not holds:
        raise AssertionError(message)


def require_storable(text: str, what: str) -> None:
    """Raises: AssertionError: it is a text that PostgreSQL cannot store."""
    found = _UNSTORABLE.search(text)
    require(not found, f"{what}: holds a NUL or a lone surrogate; replace it")


def require_kept(seen: Observations, what: str) -> None:
    """Raises: AssertionError: an observation cannot be stored, or comes back as another."""
    for observation in seen:
        row = json.dumps(to_json(observation), ensure_ascii=False, allow_nan=False)
        require("\\u0000" not in row, f"{what}: a NUL, which PostgreSQL cannot store")
        require_storable(row, what)
        require(from_json(json.loads(row)) == observation, f"{what}: lost in its JSON form")


@contextlib.contextmanager
def hiding(secrets: Iterable[Secret]) -> Iterator[io.StringIO]:
    """All that is logged and printed in the block, and what the block adds, shows no secret.

    Raises:
        AssertionError: one was shown.
    """
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    try:
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
            yield shown
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    for secret in secrets:
        require(secret.value not in shown.getvalue(), "a secret was shown")
