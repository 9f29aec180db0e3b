"""The intake's deliveries as they travel: the token, the dialect, the key.

The body tells the dialect; headers matter only for a CloudEvent in binary mode, whose type they
carry. All else that they say of a CDEvent, the event repeats in its own context, so what is kept
can be read without them.
"""

from integrations.contract import Envelope, Headers, Malformed
from integrations.intake import names
from integrations.payload import (
    JsonObject,
    digest_of,
    envelope_header,
    envelope_text,
    read_object,
)
from integrations.signature import TokenHeader

TOKEN = TokenHeader(name=b"authorization", scheme=b"Bearer")

MAX_BODY_BYTES = 256 * 1024
"""Far above any deployment; a CloudEvent is not to be larger than 64 KiB."""

DEPLOYMENT = "deployment"
"""The event of our own dialect."""

ARGOCD = "argocd.operation"

CLOUDEVENT = "cloudevents/"
"""Stands before the type of a CloudEvent, so that none can pass for another dialect."""

_BATCH = b"application/cloudevents-batch"


def opened(headers: Headers, body: bytes) -> Envelope:
    """The envelope. A CloudEvent is known by its source and id; else a body by its digest, for
    several that bear one id tell how a deployment goes on.

    Raises:
        Malformed: the body is no JSON object, or a CloudEvent that lacks an attribute.
    """
    if any(value.strip().lower().startswith(_BATCH) for value in headers.get(b"content-type", ())):
        raise Malformed("a batch of CloudEvents is not taken: send them one by one")
    payload = read_object(body)
    if b"ce-specversion" in headers or b"ce-type" in headers:
        return _binary(headers)
    if payload.has("specversion"):
        return _structured(payload)
    return Envelope(digest_of(body), ARGOCD if payload.has("argocd") else DEPLOYMENT)


def _binary(headers: Headers) -> Envelope:
    version, source, id_, type_ = (
        envelope_header(headers, name)
        for name in (b"ce-specversion", b"ce-source", b"ce-id", b"ce-type")
    )
    return _cloudevent(version, source, id_, type_)


def _structured(event: JsonObject) -> Envelope:
    version, source, id_, type_ = (
        event.identity(name) for name in ("specversion", "source", "id", "type")
    )
    return _cloudevent(version, source, id_, type_)


def _cloudevent(version: str, source: str, id_: str, type_: str) -> Envelope:
    if version != "1.0":
        raise Malformed("specversion must be 1.0")
    event = envelope_text((CLOUDEVENT + type_).encode(), "type")
    return Envelope(names.digest("cloudevents", source, id_), event)
