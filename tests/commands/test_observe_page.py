"""What paging systems say becomes incidents, and what people said of them stays."""

import asyncio

from integrations.observation import (
    PageEvent,
    PageState,
    PersonRef,
    ServiceRef,
)
from server.commands import incident as incidents
from server.commands import timeline
from server.commands.work import Office
from server.domain.incident import IncidentStatus, Severity
from server.domain.viewer import Viewer
from server.store import tables
from server.store.queue import JobKind
from tests.commands.conftest import Clock
from tests.commands.stored import Stored
from tests.commands.told import (
    GRACE,
    NOON,
    SHOP,
    at,
    deployment,
    page,
    reference,
    tell,
    the_incident,
)


async def test_a_page_opens_an_incident_with_its_timeline(office: Office, stored: Stored) -> None:
    await tell(office, page(PageEvent.TRIGGERED, 1, paged=(GRACE,), url="https://pd.example/1"))
    incident_id = await the_incident(stored)
    row = await stored.row(tables.incident, id=incident_id)
    assert (row["source"], row["external_id"]) == ("pagerduty", "PINC")
    assert (row["title"], row["severity"], row["status"]) == (
        "Checkout answers 500",
        "SEV1",
        "DECLARED",
    )
    assert (row["declared_at"], row["detected_at"], row["detected_by"]) == (NOON, NOON, "ALERT")
    (linked,) = await stored.rows(tables.incident_service, incident_id=incident_id)
    service = await stored.row(tables.service, id=linked["service_id"])
    assert (service["name"], service["slug"]) == ("Shop", "shop")
    (paged,) = await stored.rows(tables.responder, incident_id=incident_id)
    assert paged["role"] == "PAGED"
    told = await stored.timeline(incident_id)
    assert [(each["kind"], each["body"], each["actor_id"]) for each in told] == [
        ("DECLARED", "PagerDuty opened the incident: Checkout answers 500", None),
        ("PAGED", "Paged by PagerDuty", paged["person_id"]),
    ]
    assert await stored.feed(incident_id) == [
        ("INCIDENT", "ADDED"),
        ("TIMELINE", "ADDED"),
        ("TIMELINE", "ADDED"),
    ]
    assert await stored.jobs(JobKind.ATTRIBUTE) == [incident_id]


async def test_each_change_of_an_incident_is_one_in_its_feed(
    office: Office, stored: Stored
) -> None:
    acknowledged = page(PageEvent.ACKNOWLEDGED, 3, actor=GRACE, state=PageState.ACKNOWLEDGED)
    await tell(office, page(PageEvent.TRIGGERED, 1, paged=(GRACE,)))
    incident_id = await the_incident(stored)
    before = len(await stored.feed(incident_id))
    await tell(office, acknowledged)
    assert (await stored.feed(incident_id))[before:] == [
        ("INCIDENT", "REVISED"),
        ("TIMELINE", "ADDED"),
    ]
    await tell(office, reference(PageEvent.NOTE, 4, text="Still looking"))
    assert (await stored.feed(incident_id))[before + 2 :] == [("TIMELINE", "ADDED")]
    (row,) = await stored.rows(tables.incident)
    assert row["time_to_acknowledge"] == at(3) - NOON


async def test_a_page_that_moves_takes_its_incident_along_unless_a_person_said_where(
    office: Office, stored: Stored, viewer: Viewer
) -> None:
    mail = ServiceRef("pagerduty", "PMAIL", "Mail")
    await tell(
        office, page(PageEvent.TRIGGERED, 1), page(PageEvent.SERVICE_CHANGED, 2, service=mail)
    )
    incident_id = await the_incident(stored)
    services = {row["id"]: row["slug"] for row in await stored.rows(tables.service)}

    async def slugs() -> set[str]:
        rows = await stored.rows(tables.incident_service, incident_id=incident_id)
        return {services[row["service_id"]] for row in rows}

    assert await slugs() == {"mail"}
    command = incidents.Update(incident_id, {}, services=("shop", "mail"))
    await incidents.update(office, viewer, command)
    await tell(office, page(PageEvent.SERVICE_CHANGED, 3, service=SHOP))
    assert await slugs() == {"shop", "mail"}


async def test_what_a_person_set_of_an_incident_stays(
    office: Office, stored: Stored, viewer: Viewer
) -> None:
    await tell(office, page(PageEvent.TRIGGERED, 1))
    incident_id = await the_incident(stored)
    changes = {"title": "Checkout is down", "severity": Severity.SEV3.value, "detected_at": at(-4)}
    await incidents.update(office, viewer, incidents.Update(incident_id, changes))
    await tell(office, page(PageEvent.PRIORITY_CHANGED, 2, priority="P2", title="Checkout 500s"))
    row = await stored.row(tables.incident, id=incident_id)
    assert {name: row[name] for name in changes} == changes


async def test_a_persons_word_on_the_status_stands_until_something_newer_is_told(
    office: Office, stored: Stored, viewer: Viewer, clock: Clock
) -> None:
    await tell(office, page(PageEvent.TRIGGERED, 1))
    incident_id = await the_incident(stored)
    clock.forward(minutes=30)
    resolved = incidents.Update(incident_id, {"status": IncidentStatus.RESOLVED.value})
    await incidents.update(office, viewer, resolved)
    await tell(office, page(PageEvent.ACKNOWLEDGED, 20, state=PageState.ACKNOWLEDGED))
    row = await stored.row(tables.incident, id=incident_id)
    assert (row["status"], row["resolved_at"]) == ("RESOLVED", at(30))
    assert row["acknowledged_at"] == at(20)
    await tell(office, page(PageEvent.REOPENED, 40))
    row = await stored.row(tables.incident, id=incident_id)
    assert (row["status"], row["resolved_at"]) == ("INVESTIGATING", None)
    await tell(office, page(PageEvent.RESOLVED, 50, state=PageState.RESOLVED))
    row = await stored.row(tables.incident, id=incident_id)
    assert (row["status"], row["resolved_at"]) == ("RESOLVED", at(50))


async def test_an_entry_that_a_person_touched_is_theirs(
    office: Office, stored: Stored, viewer: Viewer
) -> None:
    note = reference(PageEvent.NOTE, 2, text="It is the databse")
    await tell(office, page(PageEvent.TRIGGERED, 1), note)
    incident_id = await the_incident(stored)
    entry = (await stored.timeline(incident_id))[-1]
    await timeline.revise(office, viewer, timeline.ReviseEntry(entry["id"], {"body": "Database"}))
    again = reference(PageEvent.NOTE, 2, text="It is the database")
    object.__setattr__(again.moment, "digest", "told again")
    await tell(office, again)
    assert (await stored.timeline(incident_id))[-1]["body"] == "Database"


async def test_names_in_what_a_source_wrote_get_a_rendering_without_them(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        page(PageEvent.TRIGGERED, 1, paged=(GRACE,), title="Grace Hopper cannot pay"),
        reference(PageEvent.NOTE, 2, text="Grace Hopper is looking"),
    )
    (row,) = await stored.rows(tables.incident)
    assert row["title_redacted"] == "an engineer cannot pay"
    told = await stored.timeline(row["id"])
    assert told[-1]["body_redacted"] == "an engineer is looking"


# ── people ───────────────────────────────────────────────────────────────────


async def test_a_better_name_replaces_a_handle_that_a_source_left(
    office: Office, stored: Stored
) -> None:
    named = PersonRef("github", "1", handle="ada-l", name="Ada Lovelace")
    await tell(office, deployment("d1", "1", 0), deployment("d2", "2", 1, deployer=named))
    (row,) = await stored.rows(tables.person)
    assert row["name"] == "Ada Lovelace"
    await tell(office, deployment("d3", "3", 2))
    (row,) = await stored.rows(tables.person)
    assert row["name"] == "Ada Lovelace"


async def test_a_name_that_a_person_gave_stays(office: Office, stored: Stored) -> None:
    known = await stored.person("A. Lovelace")
    await stored.put(
        tables.identity, provider="github", external_id="1", person_id=known, handle="A. Lovelace"
    )
    named = PersonRef("github", "1", handle="ada-l", name="Ada Lovelace")
    await tell(office, deployment("d1", "1", 0, deployer=named))
    (row,) = await stored.rows(tables.person)
    assert (row["id"], row["name"]) == (known, "A. Lovelace")


async def test_an_address_joins_a_stranger_to_who_has_it(office: Office, stored: Stored) -> None:
    known = await stored.person("Ada Lovelace", email="ada@acme.example")
    stranger = PersonRef("github", "1", handle="ada-l", email="Ada@acme.example")
    await tell(office, deployment("d1", "1", 0, deployer=stranger))
    (row,) = await stored.rows(tables.deployment)
    assert row["deployer_id"] == known


async def test_the_same_strangers_met_at_once_are_made_once(office: Office, stored: Stored) -> None:
    people = [PersonRef("pagerduty", f"P{number}", name=f"Nobody {number}") for number in range(8)]

    async def page_of(number: int) -> None:
        paged = tuple(people if number % 2 else reversed(people))
        told = page(PageEvent.TRIGGERED, number, paged=paged)
        object.__setattr__(told, "external_id", f"PINC{number}")
        await tell(office, told)

    await asyncio.gather(*(page_of(number) for number in range(6)))
    assert len(await stored.rows(tables.person)) == len(people)
    assert len(await stored.rows(tables.service)) == 1
    assert len(await stored.rows(tables.incident)) == 6
