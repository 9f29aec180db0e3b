"""Slugs made from the names that sources have for services and teams."""

import re
import unicodedata
from collections.abc import Iterator

MAX_SLUG = 50
"""Characters of a name that its slug keeps; what tells it from others comes after them."""

_OTHERS = re.compile(r"[^a-z0-9]+")
_MANY = 50


def slugify(name: str, otherwise: str = "service") -> str:
    """The name in small ASCII letters, digits and hyphens; a word where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _OTHERS.sub("-", plain)[:MAX_SLUG].strip("-") or otherwise


def slugs(name: str, owner: str | None = None, otherwise: str = "service") -> Iterator[str]:
    """Slugs to try for a name, the best first: alone, with its owner, and numbered from 2."""
    yield (plain := slugify(name, otherwise))
    if owner:
        yield (plain := slugify(f"{plain}-{slugify(owner)}"))
    for number in range(2, _MANY):
        yield f"{plain}-{number}"
