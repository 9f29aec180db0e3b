"""Slack's Events API as it travels: its signature, its window, its envelope, its challenge."""

import re

from integrations.contract import BadSignature, Envelope, Headers, Secret
from integrations.payload import (
    PROSE_LIMIT,
    JsonObject,
    digest_of,
    envelope_text,
    read_object,
)
from integrations.signature import SignatureHeader, single_header

SIGNATURE = SignatureHeader(name=b"x-slack-signature", scheme=b"v0")

WINDOW_SECONDS = 300
"""How far a request's time may be from ours: an older one may have been overheard."""

MAX_BODY_BYTES = 1024 * 1024
"""Slack names no cap; a message has at most 40,000 letters and 50 blocks."""

MALFORMED_STATUS = 202
"""Slack sends what is refused three times more, and stops where most is refused for an hour."""

_TIMESTAMP = b"x-slack-request-timestamp"
_SECONDS = re.compile(rb"[0-9]{1,12}")
_EVENT = "event_callback"
_CHALLENGE = "url_verification"


def verify(headers: Headers, body: bytes, secrets: tuple[Secret, ...], now: float) -> None:
    """Return if one of `secrets` signed `body` at the time of its header, which is about `now`.

    Raises:
        BadSignature: a header is missing, repeated, of another shape or wrong, or the time is not.
    """
    sent = single_header(headers, _TIMESTAMP)
    if not _SECONDS.fullmatch(sent):
        raise BadSignature(f"{_TIMESTAMP.decode()} is no number of seconds")
    SIGNATURE.verify(headers, b"v0:" + sent + b":" + body, secrets)
    if abs(now - int(sent)) > WINDOW_SECONDS:
        raise BadSignature(f"{_TIMESTAMP.decode()} is more than {WINDOW_SECONDS} seconds away")


def challenge(body: bytes) -> str | None:
    """What Slack wants to hear back when a request URL is saved; None for anything else.

    Raises:
        Malformed: the body is no JSON object, or its challenge no printable text.
    """
    payload = read_object(body)
    if payload.identity_or_none("type") != _CHALLENGE:
        return None
    return envelope_text(payload.identity("challenge", PROSE_LIMIT).encode(), "challenge")


def opened(body: bytes) -> Envelope:
    """The envelope: an event by its id, which it keeps when Slack sends it again.

    Raises:
        Malformed: the body is none of Slack's.
    """
    payload = read_object(body)
    kind = payload.identity("type")
    if kind != _EVENT:
        return Envelope(key=digest_of(body), event=_printable(kind, "type"))
    key = payload.identity("event_id")
    return Envelope(_printable(key, "event_id"), _printable(_name(payload), "event.type"))


def _name(payload: JsonObject) -> str:
    """ "message.message_changed": the kind of the event, and of the message."""
    event = payload.object("event")
    subtype = event.identity_or_none("subtype")
    return f"{event.identity('type')}.{subtype}" if subtype else event.identity("type")


def _printable(text: str, name: str) -> str:
    return envelope_text(text.encode(), name)
