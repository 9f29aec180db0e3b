"""The events that every server pushes: for all the same document, fields and length."""

from __future__ import annotations

DOCUMENT = """
subscription Timeline($incident: ID!, $after: Int) {
  timeline(incident: $incident, after: $after) {
    ... on TimelineChange {
      sequence
      change
      entry { id kind occurredAt recordedAt source body }
    }
  }
}
"""

OCCURRED_AT = "2026-01-01T00:00:00.5+00:00"

_TEXT = "Checkout answers two of a hundred requests with 503 since the pool of connections is full"


def body(number: int) -> str:
    """What the event of this number says: its number in seven digits, and a sentence."""
    return f"#{number:07} {_TEXT}"


def event(number: int) -> dict[str, object]:
    """An event as our server would push it, for a peer to publish."""
    return {
        "sequence": number,
        "change": "ADDED",
        "entry": {
            "id": f"tle_{number:032x}",
            "kind": "NOTE",
            "occurredAt": OCCURRED_AT,
            "recordedAt": "2026-01-01T00:00:00.123456+00:00",
            "source": "person",
            "body": body(number),
        },
    }
