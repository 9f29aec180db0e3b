"""Making and revoking tokens, and telling who bears one."""

from dataclasses import fields
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from server.commands import token as tokens
from server.commands.token import Gatekeeper, NewToken
from server.commands.work import utc_now
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Unauthenticated
from server.store.database import Database
from server.store.ids import new_id
from server.store.tables import api_token
from server.web.ports import Authorise
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal

INVALID, NOT_FOUND, TOO_MANY = ErrorCode.INVALID, ErrorCode.NOT_FOUND, ErrorCode.TOO_MANY
SCOPES = frozenset({Scope.INCIDENTS_READ, Scope.TIMELINE_WRITE})


@pytest.fixture
def gatekeeper(database: Database, clock: Clock) -> Authorise:
    """A gatekeeper with an operator's token, as the doors see it."""
    return Gatekeeper(database, "the operator's own", clock)


async def made(database: Database, clock: Clock, **more: Any) -> NewToken:
    return await tokens.create(database, "ci", SCOPES, clock=clock, **more)


async def turned_away(gatekeeper: Authorise, token: str) -> bool:
    try:
        await gatekeeper(token)
    except Unauthenticated:
        return True
    return False


async def test_a_token_opens_for_its_bearer(
    database: Database, clock: Clock, gatekeeper: Authorise, stored: Stored
) -> None:
    ada = await stored.person("Ada Lovelace")
    token = await made(database, clock, person_id=ada)
    assert token.plaintext.startswith("whc_")
    assert len(token.plaintext) == 4 + 43
    assert await gatekeeper(token.plaintext) == Viewer(f"token:{token.id}", "ci", SCOPES, ada)


async def test_only_the_hash_is_kept(database: Database, clock: Clock, stored: Stored) -> None:
    token = await made(database, clock)
    row = await stored.row(api_token, id=token.id)
    assert row["hash"] == sha256(token.plaintext.encode()).digest()
    assert token.plaintext not in str(dict(row))


async def test_two_tokens_are_never_the_same(database: Database, clock: Clock) -> None:
    assert (await made(database, clock)).plaintext != (await made(database, clock)).plaintext


@pytest.mark.parametrize(
    "token",
    ["", "whc_", "whc_unknown", "the operator's", "whc_" + "a" * 10_000, "whc_\ud83d", "whc_\0"],
)
async def test_strangers_are_turned_away(gatekeeper: Authorise, token: str) -> None:
    assert await turned_away(gatekeeper, token)


async def test_the_operators_token_opens_everything(
    gatekeeper: Authorise, database: Database
) -> None:
    viewer = await gatekeeper("the operator's own")
    assert all(viewer.may(scope) for scope in Scope)
    for missing in (None, ""):
        assert await turned_away(Gatekeeper(database, missing), "")
        assert await turned_away(Gatekeeper(database, missing), "the operator's own")


async def test_a_revocation_counts_within_a_second(
    database: Database, clock: Clock, gatekeeper: Authorise
) -> None:
    token = await made(database, clock)
    await gatekeeper(token.plaintext)
    assert await tokens.revoke(database, str(token.id), clock=clock) == 1
    clock.forward(seconds=0.9)
    assert not await turned_away(gatekeeper, token.plaintext)
    clock.forward(seconds=0.1)
    assert await turned_away(gatekeeper, token.plaintext)
    assert await turned_away(gatekeeper, token.plaintext)


async def test_a_clock_that_is_set_back_keeps_no_token_alive(
    database: Database, clock: Clock, gatekeeper: Authorise
) -> None:
    token = await made(database, clock)
    await gatekeeper(token.plaintext)
    await tokens.revoke(database, "ci", clock=clock)
    clock.forward(hours=-1)
    assert await turned_away(gatekeeper, token.plaintext)


async def test_an_expiry_counts_at_once(
    database: Database, clock: Clock, gatekeeper: Authorise
) -> None:
    token = await made(database, clock, expires_at=MONDAY + timedelta(seconds=0.5))
    assert not await turned_away(gatekeeper, token.plaintext)
    clock.forward(seconds=0.5)
    assert await turned_away(gatekeeper, token.plaintext)


async def test_the_memory_of_bearers_is_bounded(
    database: Database,
    clock: Clock,
    gatekeeper: Authorise,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "MAX_CACHED", 2)
    three = [await made(database, clock) for _ in range(3)]
    for token in three:
        await gatekeeper(token.plaintext)
    await tokens.revoke(database, "ci", clock=clock)
    remembered = [not await turned_away(gatekeeper, token.plaintext) for token in three]
    assert remembered == [False, True, True]


async def test_a_scope_of_another_release_grants_nothing(
    database: Database, clock: Clock, gatekeeper: Authorise, stored: Stored
) -> None:
    plaintext = "whc_" + "a" * 43
    await stored.add(
        api_token,
        name="newer",
        hash=sha256(plaintext.encode()).digest(),
        scopes=["incidents:read", "moon:read"],
    )
    assert (await gatekeeper(plaintext)).scopes == {Scope.INCIDENTS_READ}


async def test_tokens_are_listed_newest_first_and_without_their_hash(
    database: Database, clock: Clock
) -> None:
    first = await made(database, clock)
    clock.forward(minutes=1)
    second = await made(database, clock, expires_at=MONDAY + timedelta(days=1))
    await tokens.revoke(database, str(first.id), clock=clock)
    listed = await tokens.list_all(database)
    assert [each.id for each in listed] == [second.id, first.id]
    assert listed[0].scopes == ("incidents:read", "timeline:write")
    assert (listed[0].revoked_at, listed[1].revoked_at) == (None, clock.now)
    assert "hash" not in {field.name for field in fields(listed[0])}


async def test_a_name_revokes_every_token_of_that_name(database: Database, clock: Clock) -> None:
    for _ in range(2):
        await made(database, clock)
    assert await tokens.revoke(database, "ci", clock=clock) == 2
    for gone in ("ci", "unknown", str(new_id())):
        attempt = tokens.revoke(database, gone, clock=clock)
        assert await refusal(attempt) == {(NOT_FOUND, ("token",))}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, (INVALID, ("name",))),
        ({"name": "n" * 201}, (TOO_MANY, ("name",))),
        ({"scopes": frozenset()}, (INVALID, ("scopes",))),
        ({"expires_at": MONDAY}, (INVALID, ("expiresAt",))),
        ({"person_id": new_id()}, (NOT_FOUND, ("person",))),
    ],
)
async def test_an_unsound_token_is_refused(
    database: Database, clock: Clock, stored: Stored, changes: dict[str, Any], problem: Any
) -> None:
    sound: dict[str, Any] = {"name": "ci", "scopes": SCOPES}
    attempt = tokens.create(database, clock=clock, **{**sound, **changes})
    assert await refusal(attempt) == {problem}
    assert not await stored.rows(api_token)


async def test_vouching_asks_anew_whose_a_token_still_is(database: Database) -> None:
    now = utc_now()
    good = await tokens.create(database, "good", frozenset({Scope.INCIDENTS_READ}))
    soon = now + timedelta(minutes=1)
    ending = await tokens.create(
        database, "ending", frozenset({Scope.INCIDENTS_READ}), expires_at=soon
    )
    gone = await tokens.create(database, "gone", frozenset({Scope.INCIDENTS_READ}))
    await tokens.revoke(database, "gone")
    given = {each.plaintext for each in (good, ending, gone)} | {"operator", "whc_nobody"}
    before = await Gatekeeper(database, "operator").vouch(given)
    assert before.keys() == {good.plaintext, ending.plaintext, "operator"}
    after = await Gatekeeper(database, "operator", lambda: soon).vouch(given)
    assert after.keys() == {good.plaintext, "operator"}
