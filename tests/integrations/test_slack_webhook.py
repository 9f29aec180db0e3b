"""Slack's Events API as it travels: signatures, the window, the challenge."""

import json
from typing import Any

import pytest

from integrations.contract import (
    AnswersChallenges,
    BadSignature,
    Delivery,
    Malformed,
    Secret,
)
from integrations.slack import plugin
from integrations.slack.webhook import WINDOW_SECONDS
from tests.integrations.parts_slack import (
    SIGNATURE,
    SIGNED_AT,
    SIGNING,
    TIMESTAMP,
    events,
    sign,
)
from tests.integrations.slack_rounds import a_workspace


def test_slacks_published_vector_is_taken() -> None:
    """The example of Slack's page on verifying requests."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015"
        b".47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    digest = b"a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    headers = {TIMESTAMP: (b"1531420618",), SIGNATURE: (b"v0=" + digest,)}
    SIGNING.verify(headers, body, (Secret("8f742231b10e8888abcd99yyyzzz85a5"),))


@pytest.mark.parametrize(
    "values",
    [
        (),
        (b"1531420618", b"1531420618"),
        (b"",),
        (b"soon",),
        (b"-5",),
        (b"1e9",),
        (b"1531420618.5",),
        (b" 1531420618",),
        (b"1531420618\n",),
        ("١٥٣١٤٢٠٦١٨".encode(),),
        (b"153142061\xe9",),
        (b"9" * 5_000,),
        (b"1531420619",),
    ],
)
def test_a_bent_timestamp_is_refused(values: tuple[bytes, ...]) -> None:
    secret, body = Secret("s"), b"{}"
    for signed_as in {b"1531420618", *values}:
        headers = {**sign(body, secret, signed_as), TIMESTAMP: values}
        if values != (signed_as,) or not signed_as.isdigit() or len(signed_as) > 12:
            with pytest.raises(BadSignature):
                SIGNING.verify(headers, body, (secret,))


@pytest.mark.parametrize("off", [-WINDOW_SECONDS - 1, WINDOW_SECONDS + 1])
def test_what_was_signed_long_ago_or_is_yet_to_come_is_refused(off: int) -> None:
    secret, body = Secret("s"), b"{}"
    near, far = (b"%d" % (SIGNED_AT + each) for each in (off - off // abs(off), off))
    SIGNING.verify({**sign(body, secret, near), TIMESTAMP: (near,)}, body, (secret,))
    with pytest.raises(BadSignature):
        SIGNING.verify({**sign(body, secret, far), TIMESTAMP: (far,)}, body, (secret,))


def test_a_challenge_is_answered_and_nothing_else_is() -> None:
    assert isinstance(plugin, AnswersChallenges)
    asked = {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkv"}
    assert plugin.challenge({}, json.dumps(asked).encode()) == asked["challenge"]
    for fixture in events():
        assert plugin.challenge({}, fixture.body) is None
    for challenge in (None, "", 5, "a\nb", "é", "x" * 300):
        with pytest.raises(Malformed):
            plugin.challenge({}, json.dumps({**asked, "challenge": challenge}).encode())


def test_an_event_goes_by_its_id_and_kind() -> None:
    fake = a_workspace()
    fake.edit(fake.say("Down"), "Up")
    posted, changed = (plugin.open({}, json.dumps(each).encode()) for each in fake.events)
    assert (posted.key, posted.event) == ("Ev00000000", "message")
    assert (changed.key, changed.event) == ("Ev00000001", "message.message_changed")


@pytest.mark.parametrize("body", [{}, {"type": "event_callback"}, {"type": "é"}])
def test_a_body_without_a_name_is_malformed(body: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        plugin.open({}, json.dumps(body).encode())


def test_a_delivery_of_another_event_says_nothing() -> None:
    assert plugin.parse(Delivery("app_rate_limited", b'{"type": "app_rate_limited"}')) == ()
