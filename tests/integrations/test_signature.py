"""Signatures, against vectors that others computed and against every way to bend them."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.contract import BadSignature, Secret
from integrations.signature import SignatureHeader, TokenHeader, single_header

ONE = SignatureHeader(name=b"x-signature", scheme=b"sha256")
LIST = SignatureHeader(name=b"x-signatures", scheme=b"v1", several=True)

SECRET = Secret("It's a Secret to Everybody")
BODY = b"Hello, World!"
DIGEST = b"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
"""The test values of GitHub's page on validating webhook deliveries."""

WRONG = b"0" * 64


def test_githubs_published_vector_is_taken() -> None:
    ONE.verify({b"x-signature": (b"sha256=" + DIGEST,)}, BODY, (SECRET,))


def test_pagerdutys_published_vector_is_taken() -> None:
    path = Path(__file__).resolve().parents[2].parent / "shared/payloads/pagerduty"
    vector = path / "signature_vector.json"
    if not vector.is_file():
        pytest.skip("no published signature of PagerDuty beside the project")
    published = json.loads(vector.read_text())
    header = SignatureHeader(name=b"x-pagerduty-signature", scheme=b"v1", several=True)
    headers = {b"x-pagerduty-signature": (published["X-PagerDuty-Signature"].encode(),)}
    secrets = (Secret("of last year"), Secret(published["secret"]))
    header.verify(headers, published["body"].encode(), secrets)
    with pytest.raises(BadSignature):
        header.verify(headers, published["body"].encode() + b"\n", secrets)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        DIGEST,
        b"sha256=",
        b"sha1=" + DIGEST,
        b"SHA256=" + DIGEST,
        b"sha256=" + WRONG,
        b"sha256=" + DIGEST[:-1],
        b"sha256=" + DIGEST + b"0",
        b"sha256=" + DIGEST + b"\n",
        b" sha256=" + DIGEST,
        b"sha256= " + DIGEST[1:],
        b"sha256=" + DIGEST[:-2] + b"  ",
        b"sha256=" + DIGEST[:-1] + b"\xe9",
        b"sha256=" + "٣".encode() * 32,
        b"sha256=" + DIGEST + b",sha256=" + DIGEST,
    ],
)
def test_a_bent_header_is_refused(value: bytes) -> None:
    with pytest.raises(BadSignature):
        ONE.verify({b"x-signature": (value,)}, BODY, (SECRET,))


def test_a_missing_and_a_repeated_header_are_refused() -> None:
    good = b"sha256=" + DIGEST
    for headers in ({}, {b"x-signature": ()}, {b"x-signature": (good, good)}):
        with pytest.raises(BadSignature):
            ONE.verify(headers, BODY, (SECRET,))
    assert single_header({b"x-signature": (good,)}, b"x-signature") == good


@pytest.mark.parametrize(
    "value",
    [
        b"v1=" + DIGEST,
        b"v1=" + WRONG + b",v1=" + DIGEST,
        b"v1=" + DIGEST + b" ,\tv1=" + WRONG,
        b"v2=something-new,v1=" + DIGEST,
    ],
)
def test_one_of_several_signatures_is_enough(value: bytes) -> None:
    LIST.verify({b"x-signatures": (value,)}, BODY, (SECRET,))


@pytest.mark.parametrize(
    "value",
    [
        b"v2=" + DIGEST,
        b"v1=" + WRONG,
        b"v1=" + DIGEST + b",v1=short",
        b",".join([b"v1=" + WRONG] * 20 + [b"v1=" + DIGEST]),
        b"v1=" + DIGEST + b"\xe9",
    ],
)
def test_a_bent_list_is_refused(value: bytes) -> None:
    with pytest.raises(BadSignature):
        LIST.verify({b"x-signatures": (value,)}, BODY, (SECRET,))


def test_any_secret_of_a_rotation_may_have_signed() -> None:
    headers = {b"x-signature": (b"sha256=" + DIGEST,)}
    other = Secret("the next one")
    ONE.verify(headers, BODY, (SECRET, other))
    ONE.verify(headers, BODY, (other, SECRET))
    for secrets in ((other,), ()):
        with pytest.raises(BadSignature):
            ONE.verify(headers, BODY, secrets)


def test_an_empty_secret_matches_nothing() -> None:
    forged = hmac.digest(b"", BODY, "sha256").hex().encode()
    with pytest.raises(BadSignature):
        ONE.verify({b"x-signature": (b"sha256=" + forged,)}, BODY, (Secret(""), SECRET))


def test_a_secret_that_is_no_utf8_signs_as_the_bytes_it_is() -> None:
    raw = b"caf\xe9"
    digest = hmac.digest(raw, BODY, "sha256").hex().encode()
    as_in_environment = Secret(raw.decode("utf-8", "surrogateescape"))
    ONE.verify({b"x-signature": (b"sha256=" + digest,)}, BODY, (as_in_environment,))


def test_every_signature_is_compared_with_every_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    value = b"v1=" + DIGEST + b",v1=" + WRONG
    LIST.verify({b"x-signatures": (value,)}, BODY, (SECRET, Secret("other"), Secret("")))
    assert len(compared) == 6


@given(body=st.binary(max_size=200), key=st.text(min_size=1, max_size=80), bit=st.integers(0, 255))
def test_a_digest_verifies_and_with_any_bit_flipped_does_not(
    body: bytes, key: str, bit: int
) -> None:
    digest = bytearray(hmac.new(key.encode(), body, hashlib.sha256).digest())
    ONE.verify({b"x-signature": (b"sha256=" + digest.hex().encode(),)}, body, (Secret(key),))
    digest[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        ONE.verify({b"x-signature": (b"sha256=" + digest.hex().encode(),)}, body, (Secret(key),))


@given(value=st.binary(max_size=200))
def test_no_header_raises_anything_else(value: bytes) -> None:
    for header in (ONE, LIST):
        with pytest.raises(BadSignature):
            header.verify({header.name: (value,)}, BODY, (SECRET,))


# ── tokens ──────────────────────────────────────────────────────────────────────────────────

TOKEN = TokenHeader(name=b"authorization", scheme=b"Bearer")
SECRETS = (Secret("of last year"), Secret("s3cr3t"), Secret(""))


@pytest.mark.parametrize("value", [b"Bearer s3cr3t", b"bearer s3cr3t", b"BEARER   of last year"])
def test_a_token_of_ours_is_taken(value: bytes) -> None:
    TOKEN.verify({b"authorization": (value,)}, SECRETS)


@pytest.mark.parametrize(
    "values",
    [
        (),
        (b"",),
        (b"Bearer",),
        (b"Bearer ",),
        (b"s3cr3t",),
        (b"Basic s3cr3t",),
        (b"Bearers3cr3t",),
        (b"Bearer\ts3cr3t",),
        (b" Bearer s3cr3t",),
        (b"Bearer S3cr3t",),
        (b"Bearer s3cr3t ",),
        (b"Bearer s3cr3t,of last year",),
        (b"Bearer s3cr3\xe9",),
        (b"Bearer s3cr3t", b"Bearer s3cr3t"),
    ],
)
def test_any_other_token_is_refused(values: tuple[bytes, ...]) -> None:
    with pytest.raises(BadSignature) as refusal:
        TOKEN.verify({b"authorization": values}, SECRETS)
    assert "s3cr3" not in str(refusal.value)


def test_no_token_is_taken_where_there_is_no_secret() -> None:
    for secrets in ((), (Secret(""),)):
        for value in (b"Bearer ", b"Bearer x"):
            with pytest.raises(BadSignature):
                TOKEN.verify({b"authorization": (value,)}, secrets)
