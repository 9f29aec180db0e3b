"""Media types: what a client sends and what it will take (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"

_EXACT: Final = 3
_QVALUE = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z", re.ASCII)
_UTF8 = frozenset({"utf-8", "utf8"})


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type or range, lower case, with the two parameters that matter here."""

    name: str
    charset: str | None = None
    quality: float = 1.0

    @property
    def is_utf8(self) -> bool:
        """Whether its charset is UTF-8 or not said, which means the same for JSON (RFC 8259)."""
        return self.charset is None or self.charset in _UTF8


@lru_cache(maxsize=256)
def parse(text: str) -> MediaType | None:
    """Read one media type with its parameters; None if it is none, or its weight is not one."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    if name.count("/") != 1:
        return None
    values = dict(_parameters(parameters))
    quality = values.get("q", "1")
    if not _QVALUE.match(quality):
        return None
    return MediaType(name, values.get("charset"), float(quality))


@lru_cache(maxsize=256)
def wants_events(accept: str | None) -> bool:
    """Whether a client takes a stream of events, and no JSON: some list whatever they can read."""
    if accept is None or negotiate(accept) is not None:
        return False
    named = (parse(part) for part in accept.split(","))
    return any(each and each.name == EVENT_STREAM and each.quality > 0 for each in named)


@lru_cache(maxsize=256)
def negotiate(accept: str | None) -> str | None:
    """Choose the media type of a GraphQL response; None if the client takes neither.

    The heavier weight wins, then the closer match, then `application/graphql-response+json`.
    A client that says nothing, or only `*/*`, gets the legacy `application/json`, because it may
    not know the newer type (graphql-http audits 47DE and 80D8).
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = [range_ for part in accept.split(",") if (range_ := parse(part))]
    quality, *_, best = max(_offer(name, ranges) for name in (JSON, GRAPHQL_RESPONSE))
    return best if quality > 0 else None


def accepts_html(accept: str | None) -> bool:
    """Whether a browser asks for a page: it names text/html, where API clients say `*/*`."""
    ranges = (parse(part) for part in (accept or "").split(","))
    return any(range_ and range_.name == "text/html" and range_.quality > 0 for range_ in ranges)


def _offer(name: str, ranges: list[MediaType]) -> tuple[float, int, bool, str]:
    """How much the client wants `name`: its weight, its closeness, and whether it wins a tie."""
    closeness = {"*/*": 1, "application/*": 2, name: _EXACT}
    matches = [
        (closeness[range_.name], range_.quality)
        for range_ in ranges
        if range_.name in closeness and range_.is_utf8
    ]
    closest, quality = max(matches, default=(0, 0.0))
    wins_tie = (name == GRAPHQL_RESPONSE) == (closest == _EXACT)
    return quality, closest, wins_tie, name


def _parameters(parts: list[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        key, _, value = part.partition("=")
        yield key.strip(), value.strip().strip('"')
