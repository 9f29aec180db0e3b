"""Public ids: a type's prefix and the hex digits of its key. Opaque to clients."""

import re
from uuid import UUID

from schema.engine.errors import BadId

_PREFIX = r"[a-z]{2,5}"
_SHAPE = re.compile(rf"({_PREFIX})_([0-9a-f]{{32}})", re.ASCII)


def is_prefix(text: str) -> bool:
    """Whether ids may begin so."""
    return re.fullmatch(_PREFIX, text) is not None


def encode(prefix: str, key: UUID) -> str:
    """The public id of the row with this key."""
    return f"{prefix}_{key.hex}"


def decode(text: str) -> tuple[str, UUID]:
    """The prefix and the key of a public id.

    Raises:
        BadId: the text is not of that shape.
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        raise BadId("This is not an id of this API.")
    return found[1], UUID(found[2])


def decode_as(prefix: str, text: str, what: str) -> UUID:
    """The key of a public id that has to name a certain type.

    Raises:
        BadId: it is no id, or names another type.
    """
    found, key = decode(text)
    if found != prefix:
        raise BadId(f"This id does not name {what}.")
    return key
