"""Signing as vendors do: a digest of the body in a header, or the secret itself."""

import hmac

from integrations.contract import Headers, Secret
from integrations.testing import Sign


def signed(header: bytes, scheme: bytes) -> Sign:
    """An HMAC-SHA256 of the body, `header: <scheme>=<hex>`."""

    def sign(body: bytes, secret: Secret) -> Headers:
        digest = hmac.digest(secret.value.encode(), body, "sha256").hex().encode()
        return {header: (scheme + b"=" + digest,)}

    return sign


def bearer(body: bytes, secret: Secret) -> Headers:
    """A token in `Authorization`."""
    return {b"authorization": (b"Bearer " + secret.value.encode(),)}
