"""Taking webhooks: signature traps, hostile bodies, repetition, order."""

import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from integrations.contract import (
    ENVELOPE_LIMIT,
    AnswersChallenges,
    BadSignature,
    Connection,
    Delivery,
    Envelope,
    Headers,
    Malformed,
    ReceivesWebhooks,
    Secret,
)
from integrations.hostile import NO_OBJECTS, mutants, spoiled
from integrations.observation import Observations
from integrations.testing.demands import hiding, require, require_kept

Sign: TypeAlias = Callable[[bytes, Secret], Headers]
"""Signs a body as the vendor does: the headers that carry the signature, and no others."""

_SECRET = Secret("a secret that must not be shown")
_OTHER = Secret("another secret that must not be shown")


@dataclass(frozen=True, slots=True)
class Fixture:
    """A real body of the vendor's and the headers it comes with, but for the signature."""

    name: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Vendor:
    """An integration under test. Fixtures are JSON, at least one for each event it knows.

    `signs_body` is False where a token in a header vouches for the sender, whatever the body.
    `connections` are those whose settings decide what an event means.
    """

    plugin: ReceivesWebhooks
    sign: Sign
    fixtures: Sequence[Fixture]
    signs_body: bool = True
    connections: tuple[Connection, ...] = ()

    def delivery(self, event: str, body: bytes) -> Delivery:
        """A delivery as the host hands it on."""
        return Delivery(event, body, connections=self.connections)


def check_policy(vendor: Vendor) -> None:
    """The host can receive what the vendor sends: its variable, its sizes, its answers."""
    require(isinstance(vendor.plugin, ReceivesWebhooks), "the plugin lacks a method")
    policy = vendor.plugin.manifest.webhook
    if policy is None:
        raise AssertionError("a plugin that takes webhooks declares a policy")
    require(re.fullmatch(r"[A-Z][A-Z0-9_]*", policy.secret_setting), "no name of a variable")
    require(policy.max_body_bytes > 0, "no body would be read")
    require(policy.malformed_status in (202, 400, 422), "no status for a malformed body")
    longest = max(len(fixture.body) for fixture in vendor.fixtures)
    require(longest <= policy.max_body_bytes, "a fixture is larger than the policy allows")


def check_signature(vendor: Vendor) -> None:
    """The vendor's signature is taken; missing, repeated, mangled or foreign it is refused."""
    for fixture in vendor.fixtures:
        headers = {**fixture.headers, **vendor.sign(fixture.body, _SECRET)}
        require(_verifies(vendor, headers, fixture.body, _SECRET), f"{fixture.name}: refused")
        for trap, spoilt in spoiled(headers, vendor.sign(fixture.body, _SECRET)):
            taken = _verifies(vendor, spoilt, fixture.body, _SECRET)
            require(not taken, f"{fixture.name}: taken although {trap}")
        for trap, taken in {
            "signed with another secret": _verifies(vendor, headers, fixture.body, _OTHER),
            "there is no secret": _verifies(vendor, headers, fixture.body),
            "the body changed": vendor.signs_body
            and _verifies(vendor, headers, fixture.body + b" ", _SECRET),
        }.items():
            require(not taken, f"{fixture.name}: taken although {trap}")


def check_rotation(vendor: Vendor) -> None:
    """Any of several secrets may have signed; an empty one, with which anyone can sign, not."""
    empty = Secret("")
    for fixture in vendor.fixtures:
        headers = {**fixture.headers, **vendor.sign(fixture.body, _SECRET)}
        for other in (_OTHER, empty):
            for pair in ((_SECRET, other), (other, _SECRET)):
                taken = _verifies(vendor, headers, fixture.body, *pair)
                require(taken, f"{fixture.name}: refused while a secret rotates")
        forged = {**fixture.headers, **vendor.sign(fixture.body, empty)}
        taken = _verifies(vendor, forged, fixture.body, empty, _OTHER)
        require(not taken, f"{fixture.name}: taken with an empty secret")


def check_replay(vendor: Vendor) -> None:
    """The same delivery gives the same envelope and observations that can be kept."""
    for fixture in vendor.fixtures:
        first, second = (vendor.plugin.open(fixture.headers, fixture.body) for _ in range(2))
        require(first == second, f"{fixture.name}: two envelopes")
        _require_fit(first, fixture.name)
        delivery = vendor.delivery(first.event, fixture.body)
        once, again = (tuple(vendor.plugin.parse(delivery)) for _ in range(2))
        require(once == again, f"{fixture.name}: parsed twice, it says two things")
        require_kept(once, fixture.name)


def check_order(vendor: Vendor) -> None:
    """No two bodies share a moment, so all observations have one order."""
    moments: dict[Any, bytes] = {}
    for fixture in vendor.fixtures:
        envelope = vendor.plugin.open(fixture.headers, fixture.body)
        for seen in vendor.plugin.parse(vendor.delivery(envelope.event, fixture.body)):
            other = moments.setdefault(seen.moment, fixture.body)
            require(other == fixture.body, f"{fixture.name}: shares its moment with another body")
    require(len(sorted(moments)) == len(moments), "moments have no order")


def check_unknown_event(vendor: Vendor) -> None:
    """An event the integration does not know says nothing."""
    for fixture in vendor.fixtures:
        seen = vendor.plugin.parse(vendor.delivery("something.unheard-of", fixture.body))
        require(not seen, f"{fixture.name}: an unknown event was translated")


def check_hostile_bodies(vendor: Vendor) -> None:
    """What is no JSON object of sane depth is Malformed, wherever it is read."""
    for fixture in vendor.fixtures:
        event = vendor.plugin.open(fixture.headers, fixture.body).event
        truncated = (fixture.body[: len(fixture.body) // 2], fixture.body[:-1])
        for body in (*NO_OBJECTS, *truncated):
            what = f"{fixture.name} as {body[:20]!r}"
            require(_opened(vendor, fixture.headers, body, what) is None, f"{what}: opened")
            require(not _parsed(vendor, event, body, what), f"{what}: translated")


def check_challenge(vendor: Vendor) -> None:
    """A delivery is no challenge, and neither is anything that cannot be one."""
    if not isinstance(vendor.plugin, AnswersChallenges):
        return
    for fixture in vendor.fixtures:
        for body in (fixture.body, *NO_OBJECTS):
            try:
                answer = vendor.plugin.challenge(fixture.headers, body)
            except Malformed:
                continue
            except Exception as error:
                what = f"{body[:20]!r} as a challenge: {type(error).__name__}, not Malformed"
                raise AssertionError(what) from error
            require(answer is None, f"{fixture.name}: {body[:20]!r} was answered as a challenge")


def check_hostile_headers(vendor: Vendor) -> None:
    """A header that is missing, repeated, not ASCII, empty or endless opens fit, or not at all."""
    for fixture in vendor.fixtures:
        for trap, headers in spoiled(fixture.headers, fixture.headers):
            _opened(vendor, headers, fixture.body, f"{fixture.name}, {trap}")


def check_hostile_fields(vendor: Vendor) -> None:
    """With any one value replaced or left out, a body is translated to what can be kept, or is
    Malformed; nothing else is raised."""
    for fixture in vendor.fixtures:
        event = vendor.plugin.open(fixture.headers, fixture.body).event
        for change, body in mutants(json.loads(fixture.body)):
            what = f"{fixture.name}, {change}"
            _opened(vendor, fixture.headers, body, what)
            _parsed(vendor, event, body, what)


def check_secrets_hidden(vendor: Vendor) -> None:
    """No secret is shown: not in a log, not on a stream, not in a message, not in a repr."""
    with hiding((_SECRET, _OTHER)) as shown:
        for fixture in vendor.fixtures:
            _show_all(vendor, fixture, shown)


CHECKS: tuple[Callable[[Vendor], None], ...] = (
    check_policy,
    check_signature,
    check_rotation,
    check_replay,
    check_order,
    check_unknown_event,
    check_hostile_bodies,
    check_challenge,
    check_hostile_headers,
    check_hostile_fields,
    check_secrets_hidden,
)


def _show_all(vendor: Vendor, fixture: Fixture, shown: io.StringIO) -> None:
    signed = {**fixture.headers, **vendor.sign(fixture.body, _SECRET)}
    for headers, secrets in ((signed, (_SECRET,)), (signed, (_OTHER,)), (fixture.headers, ())):
        try:
            vendor.plugin.verify(headers, fixture.body, secrets)
        except BadSignature as refusal:
            shown.write(f"{refusal!r} {refusal.args!r}")
    envelope = vendor.plugin.open(fixture.headers, fixture.body)
    seen = vendor.plugin.parse(vendor.delivery(envelope.event, fixture.body))
    shown.write(f"{vendor.plugin!r} {envelope!r} {seen!r} {_SECRET!r} {_SECRET}")


def _verifies(vendor: Vendor, headers: Headers, body: bytes, *secrets: Secret) -> bool:
    try:
        vendor.plugin.verify(headers, body, secrets)
    except BadSignature:
        return False
    return True


def _opened(vendor: Vendor, headers: Headers, body: bytes, what: str) -> Envelope | None:
    """A fit envelope, or None where it is Malformed; anything else fails."""
    try:
        envelope = vendor.plugin.open(headers, body)
    except Malformed:
        return None
    except Exception as error:
        raise AssertionError(f"{what}: {type(error).__name__} instead of Malformed") from error
    _require_fit(envelope, what)
    return envelope


def _parsed(vendor: Vendor, event: str, body: bytes, what: str) -> Observations | None:
    """Observations that can be kept, or None where it is Malformed; anything else fails."""
    try:
        seen = vendor.plugin.parse(vendor.delivery(event, body))
    except Malformed:
        return None
    except Exception as error:
        raise AssertionError(f"{what}: {type(error).__name__} instead of Malformed") from error
    require_kept(seen, what)
    return seen


def _require_fit(envelope: Envelope, what: str) -> None:
    for text in (envelope.key, envelope.event):
        fits = re.fullmatch(r"[\x21-\x7e]+", text) and len(text) <= ENVELOPE_LIMIT
        require(fits, f"{what}: an envelope that cannot be kept: {text!r:.60}")
