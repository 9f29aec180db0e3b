"""Ids of rows: UUIDv7, which sort by the time they were made."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """Make the id of a new row (RFC 9562, version 7)."""
    return compat.uuid7()
