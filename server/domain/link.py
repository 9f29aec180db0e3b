"""Where people look at an incident: at an address that the operator names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

INCIDENT = "inc"
"""What the public ids of incidents begin with."""

PLACE = "{id}"
"""What stands in the template for the incident's public id."""

_MENTIONED = re.compile(rf"(?<![0-9A-Za-z_]){INCIDENT}_([0-9a-f]{{32}})(?![0-9A-Za-z_])")


@dataclass(frozen=True, slots=True)
class Links:
    """Makes addresses of incidents of a template: "https://incidents.acme.example/{id}"."""

    template: str | None = None

    def incident(self, key: UUID) -> str | None:
        """The address of an incident."""
        public = f"{INCIDENT}_{key.hex}"
        return self.template.replace(PLACE, public) if self.template else None


_ADDRESS = re.compile(r"https?://[^\s<>\"'|(){}\[\]?#]{1,2000}", re.IGNORECASE)


def addresses_in(text: str) -> Iterator[str]:
    """The addresses that a text mentions, without queries and what ends a sentence."""
    return (found.rstrip("/.,;:!*_") for found in _ADDRESS.findall(text))


def incidents_in(text: str) -> Iterator[UUID]:
    """The incidents whose public ids a text mentions, in links or by themselves."""
    return (UUID(found) for found in _MENTIONED.findall(text))
