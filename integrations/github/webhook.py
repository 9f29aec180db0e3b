"""GitHub's webhook as it travels: its signature, its headers, its two encodings.

Neither header is signed: a stranger who holds one signed body can send it again under another
key or as another event. That changes nothing, for the body's own shape is checked when it is
translated, and the same facts fold into the same state.
"""

from urllib.parse import unquote_to_bytes

from integrations.contract import Envelope, Headers
from integrations.payload import JsonObject, envelope_header, read_object
from integrations.signature import SignatureHeader

SIGNATURE = SignatureHeader(name=b"x-hub-signature-256", scheme=b"sha256")

MAX_BODY_BYTES = 25 * 1024 * 1024
"""GitHub's own cap; an event that would be larger is not delivered at all."""

_EVENT = b"x-github-event"
_DELIVERY = b"x-github-delivery"
_FORM = b"payload="


def opened(headers: Headers, body: bytes) -> Envelope:
    """The envelope. A redelivery keeps its id, so it is also the key of the event.

    Raises:
        Malformed: a header is missing or unfit, or the body is no JSON object.
    """
    envelope = Envelope(
        key=envelope_header(headers, _DELIVERY), event=envelope_header(headers, _EVENT)
    )
    payload(body)
    return envelope


def payload(body: bytes) -> JsonObject:
    """The JSON object in `body`, be it sent as application/json or as a form.

    The body alone tells which: no JSON text begins as the form does. So what was kept can be
    read without its headers.

    Raises:
        Malformed: it holds no JSON object.
    """
    if body.startswith(_FORM):
        field, _, _ = body.removeprefix(_FORM).partition(b"&")
        return read_object(unquote_to_bytes(field.replace(b"+", b" ")))
    return read_object(body)
