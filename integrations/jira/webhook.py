"""Jira's webhook as it travels: its signature, its identifier, its kind.

Cloud and Data Center sign alike, in the header that GitHub gave up for a longer name. Jira sends
what was refused five times, unordered.
"""

from integrations.contract import Envelope, Headers
from integrations.payload import digest_of, envelope_header, envelope_text, read_object
from integrations.signature import SignatureHeader

SIGNATURE = SignatureHeader(name=b"x-hub-signature", scheme=b"sha256")

MAX_BODY_BYTES = 25 * 1024 * 1024
"""Jira's own cap, on Cloud as on Data Center."""

_IDENTIFIER = b"x-atlassian-webhook-identifier"


def opened(headers: Headers, body: bytes) -> Envelope:
    """The envelope. A delivery that is tried again keeps its identifier; of an old server, which
    gives none, the body tells it from others, for it says when it was sent.

    Raises:
        Malformed: the body is no event, or the identifier is unfit.
    """
    event = read_object(body).identity("webhookEvent")
    known = _IDENTIFIER in headers and headers[_IDENTIFIER]
    key = envelope_header(headers, _IDENTIFIER) if known else digest_of(body)
    return Envelope(key=key, event=envelope_text(event.encode(), "webhookEvent"))
