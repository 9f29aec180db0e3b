"""What was found among records, and those that were put by because they are unreadable."""

import json
from dataclasses import dataclass, field
from typing import Any

from integrations.contract import Malformed, Unreadable
from integrations.observation import Observation
from integrations.payload import digest_of

PREFIX = "record."
"""Begins each kind of record; no webhook's event does."""

INCIDENT = f"{PREFIX}incident"
LOG_ENTRY = f"{PREFIX}log_entry"


@dataclass(slots=True)
class Found:
    """What records say, and those that could not be read."""

    observations: list[Observation] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    def put_by(self, event: str, record: Any, error: Malformed, **context: str) -> None:
        """Keep a record, with what is needed to read it by itself."""
        body = json.dumps({**context, "record": record}, sort_keys=True).encode()
        key = f"{event}:{digest_of(json.dumps(record, sort_keys=True).encode())}"
        self.unreadable.append(Unreadable(key, event, str(error), body))
