"""PagerDuty's v3 webhook as it travels: its signatures, its envelope."""

from integrations.contract import Envelope, Headers
from integrations.payload import JsonObject, envelope_header, envelope_text, read_object
from integrations.signature import SignatureHeader

SIGNATURE = SignatureHeader(name=b"x-pagerduty-signature", scheme=b"v1", several=True)
"""Several while a subscription's secret rotates: one for each secret that is still good."""

MAX_BODY_BYTES = 1024 * 1024
"""PagerDuty names no cap; its bodies are some kilobytes, for it trims notes and updates."""

MALFORMED_STATUS = 202
"""Any 4xx but 429 drops the event, and three drops disable the subscription for a day: one odd
body must not cost the pages that follow it."""

_WEBHOOK_ID = b"x-webhook-id"


def opened(headers: Headers, body: bytes) -> Envelope:
    """The envelope. Its key is the event's own id: the header names the delivery, of which two
    subscriptions make two for one event. The header stands in where the event has no id.

    Raises:
        Malformed: the body is no event, or it cannot be told from others.
    """
    event = event_of(body)
    event_id = event.identity_or_none("id")
    return Envelope(
        key=_printable(event_id, "event.id") if event_id else envelope_header(headers, _WEBHOOK_ID),
        event=_printable(event.identity("event_type"), "event.event_type"),
    )


def event_of(body: bytes) -> JsonObject:
    """The `event` that is all of a body.

    Raises:
        Malformed: there is none.
    """
    return read_object(body).object("event")


def _printable(text: str, name: str) -> str:
    return envelope_text(text.encode(), name)
