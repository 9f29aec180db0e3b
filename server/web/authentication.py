"""The bearer token of a request, read from its header (RFC 6750, 2.1)."""

import re
from collections.abc import Sequence

from server.errors import Unauthenticated

MAX_HEADER_BYTES = 512

_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)")


def bearer_token(headers: Sequence[bytes]) -> str:
    """Read the token from all values of an Authorization header.

    Raises:
        Unauthenticated: there is none or more than one, or it is not `Bearer` and a token of at
            most `MAX_HEADER_BYTES` in all.
    """
    if not headers:
        raise Unauthenticated("This needs a token: send `Authorization: Bearer …`.")
    if len(headers) > 1:
        raise Unauthenticated("There is more than one Authorization header.")
    if len(headers[0]) > MAX_HEADER_BYTES:
        raise Unauthenticated("The Authorization header is too long to hold one of our tokens.")
    match = _BEARER.fullmatch(headers[0].strip())
    if match is None:
        raise Unauthenticated("The Authorization header is not `Bearer` and a token.")
    return match[1].decode("ascii")
