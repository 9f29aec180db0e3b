"""Declaring and updating incidents."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.commands import incident as incidents
from server.commands.incident import Declare, Update
from server.commands.work import Office
from server.domain.incident import ResponderRole, Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.live.hint import Hint
from server.store.ids import new_id
from server.store.queue import JobKind
from server.store.tables import attribution, incident, incident_service, responder, service
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
SOUND = Declare("Checkout fails", Severity.SEV2)


async def changed(
    office: Office, viewer: Viewer, incident_id: UUID, *, reason: str | None = None, **changes: Any
) -> UUID:
    return await incidents.update(office, viewer, Update(incident_id, changes, reason=reason))


async def test_a_declaration_stores_what_was_said_and_what_follows_from_it(
    office: Office, viewer: Viewer, stored: Stored, published: list[Hint]
) -> None:
    ada = await stored.person("Ada Lovelace")
    await stored.add(service, slug="shop", name="Shop", automatic=False)
    command = Declare(
        "Ada Lovelace sees checkouts fail",
        Severity.SEV1,
        services=("shop", "shop"),
        started_at=MONDAY - timedelta(minutes=30),
        detected_at=MONDAY - timedelta(minutes=10),
        responders=((ada, ResponderRole.COMMANDER), (ada, ResponderRole.COMMANDER)),
    )
    incident_id = await incidents.declare(office, viewer, command)
    row = await stored.row(incident, id=incident_id)
    assert (row["title"], row["title_redacted"]) == (
        "Ada Lovelace sees checkouts fail",
        "an engineer sees checkouts fail",
    )
    assert (row["status"], row["declared_at"]) == ("DECLARED", MONDAY)
    assert row["time_to_detect"] == timedelta(minutes=20)
    assert len(await stored.rows(incident_service, incident_id=incident_id)) == 1
    assert len(await stored.rows(responder, incident_id=incident_id)) == 1
    assert (await stored.row(attribution, incident_id=incident_id))["not_a_deployment"] == 1
    assert await stored.feed(incident_id) == [("INCIDENT", "ADDED"), ("TIMELINE", "ADDED")]
    assert published == [Hint(incident_id, 2)]
    assert await stored.jobs(JobKind.ATTRIBUTE) == [incident_id]
    (entry,) = await stored.timeline(incident_id)
    assert (entry["kind"], entry["body"]) == ("DECLARED", "Declared as SEV1")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": " "}, (INVALID, ("title",))),
        ({"title": "a" * 301}, (TOO_MANY, ("title",))),
        ({"title": "a\0b"}, (INVALID, ("title",))),
        ({"summary": "a" * 20_001}, (TOO_MANY, ("summary",))),
        ({"declared_at": MONDAY + timedelta(minutes=6)}, (INVALID, ("declaredAt",))),
        (
            {"started_at": MONDAY, "detected_at": MONDAY - timedelta(minutes=1)},
            (INVALID, ("detectedAt",)),
        ),
        ({"services": ("nowhere",)}, (NOT_FOUND, ("services", "0"))),
        ({"services": ("a",) * 51}, (TOO_MANY, ("services",))),
        (
            {"responders": ((new_id(), ResponderRole.PAGED),)},
            (NOT_FOUND, ("responders", "0", "person")),
        ),
        (
            {"responders": ((new_id(), ResponderRole.PAGED),) * 101},
            (TOO_MANY, ("responders",)),
        ),
    ],
)
async def test_a_declaration_that_breaks_a_rule_is_refused(
    office: Office,
    viewer: Viewer,
    stored: Stored,
    changes: dict[str, Any],
    problem: tuple[ErrorCode, tuple[str, ...]],
) -> None:
    attempt = incidents.declare(office, viewer, replace(SOUND, **changes))
    assert await refusal(attempt) == {problem}
    assert not await stored.rows(incident)


async def test_all_problems_come_at_once(office: Office, viewer: Viewer) -> None:
    attempt = incidents.declare(office, viewer, replace(SOUND, title="", services=("no", "none")))
    assert await refusal(attempt) == {
        (INVALID, ("title",)),
        (NOT_FOUND, ("services", "0")),
        (NOT_FOUND, ("services", "1")),
    }


async def test_readers_write_nothing(office: Office, reader: Viewer, incident_id: UUID) -> None:
    with pytest.raises(Forbidden, match="incidents:write"):
        await incidents.declare(office, reader, SOUND)
    with pytest.raises(Forbidden, match="incidents:write"):
        await changed(office, reader, incident_id, title="Other")


async def test_a_key_makes_one_incident_of_two_calls(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    first = await incidents.declare(office, viewer, SOUND, "k1")
    assert await incidents.declare(office, viewer, SOUND, "k1") == first
    assert await incidents.declare(office, viewer, SOUND, "k2") != first
    assert await incidents.declare(office, replace(viewer, subject="token:2"), SOUND, "k1") != first
    assert len(await stored.rows(incident)) == 3


async def test_a_key_serves_one_input(office: Office, viewer: Viewer) -> None:
    await incidents.declare(office, viewer, SOUND, "k1")
    other = incidents.declare(office, viewer, replace(SOUND, severity=Severity.SEV1), "k1")
    assert await refusal(other) == {(CONFLICT, ("idempotencyKey",))}


async def test_a_refused_call_leaves_its_key_free(office: Office, viewer: Viewer) -> None:
    await refusal(incidents.declare(office, viewer, replace(SOUND, title=""), "k1"))
    assert await incidents.declare(office, viewer, SOUND, "k1")


@pytest.mark.parametrize("key", ["", "k" * 201, "k\0"])
async def test_a_key_has_a_length_and_no_nul(office: Office, viewer: Viewer, key: str) -> None:
    attempt = incidents.declare(office, viewer, SOUND, key)
    assert await refusal(attempt) == {(INVALID, ("idempotencyKey",))}


async def test_two_calls_at_once_with_one_key_make_one_incident(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    first, second = await twice_at_once(
        incidents.declare(office, viewer, SOUND, "k1"),
        incidents.declare(office, viewer, SOUND, "k1"),
    )
    assert first == second
    assert len(await stored.rows(incident)) == 1


async def test_each_status_stamps_its_moment_once(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, clock: Clock
) -> None:
    reached = {}
    for status, moment in (
        ("INVESTIGATING", "acknowledged_at"),
        ("IDENTIFIED", "identified_at"),
        ("MITIGATED", "mitigated_at"),
        ("RESOLVED", "resolved_at"),
    ):
        reached[moment] = clock.forward(minutes=10)
        await changed(office, viewer, incident_id, status=status)
    row = await stored.row(incident, id=incident_id)
    assert {moment: row[moment] for moment in reached} == reached
    assert row["time_to_acknowledge"] == timedelta(minutes=10)
    assert row["time_to_mitigate"] == timedelta(minutes=30)
    assert row["time_to_resolve"] == timedelta(minutes=40)
    bodies = [entry["body"] for entry in await stored.timeline(incident_id)]
    assert bodies[1:3] == [
        "Status changed from DECLARED to INVESTIGATING",
        "Status changed from INVESTIGATING to IDENTIFIED",
    ]


async def test_a_given_moment_wins_over_the_stamp(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    earlier = MONDAY - timedelta(minutes=3)
    await changed(office, viewer, incident_id, status="MITIGATED", mitigated_at=earlier)
    await changed(office, viewer, incident_id, status="RESOLVED")
    row = await stored.row(incident, id=incident_id)
    assert (row["mitigated_at"], row["resolved_at"]) == (earlier, MONDAY)


async def test_a_moment_that_is_known_is_not_stamped_over(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored, clock: Clock
) -> None:
    await changed(office, viewer, incident_id, acknowledged_at=MONDAY)
    clock.forward(minutes=5)
    await changed(office, viewer, incident_id, status="INVESTIGATING")
    assert (await stored.row(incident, id=incident_id))["acknowledged_at"] == MONDAY


async def test_going_back_needs_a_reason_and_unreaches_what_it_leaves(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await changed(office, viewer, incident_id, status="RESOLVED", mitigated_at=MONDAY)
    attempt = changed(office, viewer, incident_id, status="IDENTIFIED", reason="r")
    assert await refusal(attempt) == {(INVALID, ("status",))}
    attempt = changed(office, viewer, incident_id, status="INVESTIGATING", reason=" ")
    assert await refusal(attempt) == {(INVALID, ("reason",))}
    await changed(office, viewer, incident_id, status="INVESTIGATING", reason="Errors are back")
    row = await stored.row(incident, id=incident_id)
    assert (row["status"], row["resolved_at"], row["mitigated_at"]) == ("INVESTIGATING", None, None)
    assert (row["time_to_resolve"], row["time_to_mitigate"]) == (None, None)
    assert row["edited"] == []
    last = (await stored.timeline(incident_id))[-1]
    assert last["body"] == "Status changed from RESOLVED to INVESTIGATING: Errors are back"


async def test_an_update_keeps_what_it_does_not_mention(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await changed(office, viewer, incident_id, summary="All carts", detected_by="ALERT")
    await changed(office, viewer, incident_id, severity="SEV1", summary=None)
    row = await stored.row(incident, id=incident_id)
    assert (row["title"], row["summary"], row["detected_by"], row["severity"]) == (
        "Checkout fails",
        None,
        "ALERT",
        "SEV1",
    )
    assert row["edited"] == ["detected_by", "severity", "summary"]
    assert await stored.feed(incident_id) == [
        ("INCIDENT", "ADDED"),
        ("TIMELINE", "ADDED"),
        ("INCIDENT", "REVISED"),
        ("INCIDENT", "REVISED"),
        ("TIMELINE", "ADDED"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": None}, "title"),
        ({"severity": None}, "severity"),
        ({"status": None}, "status"),
        ({"title": ""}, "title"),
        ({"started_at": MONDAY + timedelta(hours=1)}, "startedAt"),
        (
            {"mitigated_at": MONDAY, "resolved_at": MONDAY - timedelta(minutes=1)},
            "resolvedAt",
        ),
    ],
)
async def test_an_update_that_breaks_a_rule_is_refused(
    office: Office,
    viewer: Viewer,
    incident_id: UUID,
    stored: Stored,
    changes: dict[str, Any],
    field: str,
) -> None:
    before = await stored.row(incident, id=incident_id)
    attempt = changed(office, viewer, incident_id, **changes)
    assert await refusal(attempt) == {(INVALID, (field,))}
    assert await stored.row(incident, id=incident_id) == before


async def test_a_reason_is_bounded(office: Office, viewer: Viewer, incident_id: UUID) -> None:
    attempt = changed(office, viewer, incident_id, status="RESOLVED", reason="r" * 2001)
    assert await refusal(attempt) == {(TOO_MANY, ("reason",))}


async def test_an_unknown_incident_is_not_found(office: Office, viewer: Viewer) -> None:
    assert await refusal(changed(office, viewer, new_id(), title="x")) == {(NOT_FOUND, ("id",))}


async def test_services_and_responders_are_replaced_as_wholes(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    ada, grace = await stored.person("Ada Lovelace"), await stored.person("Grace Hopper")
    shop = await stored.add(service, slug="shop", name="Shop", automatic=False)
    await stored.add(service, slug="cart", name="Cart", automatic=False)
    first = Update(incident_id, {}, ("cart",), ((ada, ResponderRole.RESPONDER),))
    await incidents.update(office, viewer, first)
    second = Update(incident_id, {}, ("shop",), ((grace, ResponderRole.COMMANDER),))
    await incidents.update(office, viewer, second)
    await incidents.update(office, viewer, Update(incident_id, {"title": "Other"}))
    linked = await stored.rows(incident_service, incident_id=incident_id)
    people = await stored.rows(responder, incident_id=incident_id)
    assert [row["service_id"] for row in linked] == [shop]
    assert [(row["person_id"], row["role"]) for row in people] == [(grace, "COMMANDER")]


async def test_updates_at_once_leave_no_hole_in_the_feed(
    office: Office, viewer: Viewer, incident_id: UUID, stored: Stored
) -> None:
    await twice_at_once(
        changed(office, viewer, incident_id, status="RESOLVED"),
        changed(office, viewer, incident_id, severity="SEV1"),
    )
    assert len(await stored.feed(incident_id)) == 6
