"""What is deleted after a while, and what is kept."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from server.commands import once, prune
from server.commands.delivery import Inbox
from server.commands.prune import KEYS_OUTLIVE_BODIES, prune_deliveries, prune_keys
from server.commands.work import Office
from server.settings import Settings
from server.store import inbox, tables
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored

DAY, MONTH = timedelta(days=1), timedelta(days=30)


async def kept(stored: Stored, key: str, state: str, received_at: datetime) -> None:
    row: dict[str, object] = {"source": "github", "key": key, "event": "push", "body": b"{}"}
    await stored.add(tables.delivery, **row, state=state, received_at=received_at)


async def left(stored: Stored) -> dict[str, bytes | None]:
    """The bodies that are left, by key."""
    return {row["key"]: row["body"] for row in await stored.rows(tables.delivery)}


async def test_bodies_go_and_their_keys_stay(office: Office, stored: Stored, clock: Clock) -> None:
    await kept(stored, "old", "DONE", MONDAY - MONTH - DAY)
    await kept(stored, "new", "DONE", MONDAY - MONTH + DAY)
    assert await prune_deliveries(office, MONTH) == 1
    assert await left(stored) == {"old": None, "new": b"{}"}
    assert await prune_deliveries(office, MONTH) == 0
    assert not await Inbox(office)(source="github", key="old", event="push", body=b"{}")


async def test_keys_go_long_after_anybody_would_send_again(
    office: Office, stored: Stored, clock: Clock
) -> None:
    for state in ("DONE", "DISCARDED"):
        await kept(stored, state, state, MONDAY)
    clock.now = MONDAY + DAY + KEYS_OUTLIVE_BODIES
    await prune_deliveries(office, DAY)
    assert set(await left(stored)) == {"DONE", "DISCARDED"}
    clock.forward(seconds=1)
    await prune_deliveries(office, DAY)
    assert await left(stored) == {}


async def test_what_waits_or_is_parked_is_kept_however_old_it_is(
    office: Office, stored: Stored
) -> None:
    for state in ("PENDING", "PARKED"):
        await kept(stored, state, state, MONDAY - timedelta(days=1000))
    assert await prune_deliveries(office, DAY) == 0
    assert await left(stored) == {"PENDING": b"{}", "PARKED": b"{}"}


async def test_many_are_pruned_in_many_transactions(
    office: Office, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "MOST_AT_ONCE", 2)
    for number in range(5):
        await kept(stored, f"k{number}", "DONE", MONDAY - MONTH - DAY)
    assert await prune_deliveries(office, MONTH) == 5
    assert set((await left(stored)).values()) == {None}


async def test_what_another_has_in_hand_is_left_to_the_next_time(
    office: Office, stored: Stored
) -> None:
    """Two workers prune at once: neither waits for the other."""
    for key in ("held", "free"):
        await kept(stored, key, "DONE", MONDAY - MONTH - DAY)
    async with office.work() as work:
        held = await stored.row(tables.delivery, key="held")
        assert await inbox.hold(work.tx, held["id"])
        assert await prune_deliveries(office, MONTH) == 1
    assert await left(stored) == {"held": b"{}", "free": None}


async def test_idempotency_keys_are_known_for_a_while(
    office: Office, stored: Stored, clock: Clock
) -> None:
    for key, age in (("old", once.KEPT_FOR + DAY), ("new", once.KEPT_FOR - DAY)):
        row: dict[str, object] = {"subject": "token:x", "command": "incident.Declare", "key": key}
        made: list[UUID] = []
        await stored.put(
            tables.idempotency, **row, digest=b"", result=made, created_at=clock.now - age
        )
    assert await prune_keys(office) == 1
    assert [row["key"] for row in await stored.rows(tables.idempotency)] == ["new"]


def test_the_setting_says_how_long_keys_stay() -> None:
    told = Settings.model_fields["inbox_days"].description or ""
    assert f"stay {KEYS_OUTLIVE_BODIES.days} days longer" in told
