"""The word that something changed. The truth is the feed; a hint only says where to look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

DIRECTORY = UUID(int=0)
"""Stands for no incident, but for the people, identities and teams that are known."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Incident `incident` has reached `sequence`. May be lost, doubled or late without harm.

    Of `DIRECTORY`, `sequence` is its version: what was told of people before is outdated.
    """

    incident: UUID
    sequence: int


class Publish(Protocol):
    """Send hints to whoever listens, here and in other processes; never blocks, never fails."""

    def __call__(self, hints: Sequence[Hint]) -> None: ...
