"""What vouches for webhooks: HMAC-SHA256 signatures over raw bytes, and tokens, both compared in
constant time.

Vendors differ in the header, in the scheme that stands before the digest, and in whether several
signatures may stand in one header; nothing else is theirs. Everything here is bytes: a header
that is not ASCII is a wrong signature, never an exception of another kind.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.contract import BadSignature, Headers, Secret

_DIGEST = re.compile(rb"[0-9a-fA-F]{64}")
_MOST_SIGNATURES = 16
"""Far above what a rotation needs (two); it bounds the work a stranger can ask for."""


@dataclass(frozen=True, slots=True)
class SignatureHeader:
    """Where a vendor puts its signature: `name: <scheme>=<hex digest of the body>`.

    `name` is in lower case. Where `several`, the header is a comma-separated list of which one
    must match, and entries of other schemes are passed over: they are the vendor's next version.
    """

    name: bytes
    scheme: bytes
    several: bool = False

    def verify(self, headers: Headers, body: bytes, secrets: Sequence[Secret]) -> None:
        """Return if one of `secrets` signed `body`.

        Every digest is compared with every secret's, so the time taken tells neither which
        secret matched nor how much of a digest is right. An empty secret matches nothing:
        anyone can sign with it.

        Raises:
            BadSignature: the header is missing, repeated, of another shape, or wrong.
        """
        offered = self._digests(single_header(headers, self.name))
        matched = False
        for secret in secrets:
            key = _bytes_of(secret)
            ours = hmac.digest(key, body, "sha256")
            for digest in offered:
                matched |= hmac.compare_digest(digest, ours) & bool(key)
        if not matched:
            raise BadSignature("the signature does not match the body")

    def _digests(self, value: bytes) -> tuple[bytes, ...]:
        entries = [entry.strip(b" \t") for entry in value.split(b",")] if self.several else [value]
        prefix = self.scheme + b"="
        ours = [entry.removeprefix(prefix) for entry in entries if entry.startswith(prefix)]
        if not ours or len(entries) > _MOST_SIGNATURES:
            raise BadSignature(f"{self.name.decode()} holds no {self.scheme.decode()} signature")
        if not all(_DIGEST.fullmatch(entry) for entry in ours):
            raise BadSignature(f"{self.name.decode()} is not a SHA-256 digest in hexadecimal")
        return tuple(bytes.fromhex(entry.decode("ascii")) for entry in ours)


@dataclass(frozen=True, slots=True)
class TokenHeader:
    """Where a sender puts the secret itself: `name: <scheme> <token>`, in any case of the scheme.

    `name` is in lower case. A token vouches for its sender; of the body it says nothing.
    """

    name: bytes
    scheme: bytes

    def verify(self, headers: Headers, secrets: Sequence[Secret]) -> None:
        """Return if the token is one of `secrets`.

        Digests are compared, so the time taken tells not even how long a secret is. An empty
        secret matches nothing.

        Raises:
            BadSignature: the header is missing, repeated, of another scheme, or wrong.
        """
        scheme, _, token = single_header(headers, self.name).partition(b" ")
        if scheme.lower() != self.scheme.lower():
            raise BadSignature(f"{self.name.decode()} is not {self.scheme.decode()} and a token")
        offered = hashlib.sha256(token.lstrip(b" ")).digest()
        matched = False
        for secret in secrets:
            ours = _bytes_of(secret)
            matched |= hmac.compare_digest(hashlib.sha256(ours).digest(), offered) & bool(ours)
        if not matched:
            raise BadSignature("the token is none of ours")


def single_header(headers: Headers, name: bytes) -> bytes:
    """The one value of a header.

    Raises:
        BadSignature: it is missing, or there are several: which of them a proxy or a library
            would have believed is not ours to guess.
    """
    values = headers.get(name, ())
    if len(values) != 1:
        problem = "is repeated" if values else "is missing"
        raise BadSignature(f"{name.decode()} {problem}")
    return values[0]


def _bytes_of(secret: Secret) -> bytes:
    return secret.value.encode("utf-8", "surrogateescape")
