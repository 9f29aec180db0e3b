"""Describing services, and merging those that sources made."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from server.commands import service as services
from server.commands.incident import Declare, Update, declare, update
from server.commands.service import Upsert
from server.commands.team import Upsert as UpsertTeam
from server.commands.team import upsert as upsert_team
from server.commands.work import Office
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.live.hint import Hint
from server.store.database import Row
from server.store.queue import JobKind
from server.store.tables import (
    deployment,
    incident,
    incident_service,
    service,
    service_dependency,
    service_source,
)
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
SHOP = Upsert("shop", repositories=("acme/shop",), pagerduty_services=("PSHOP1",))


async def upserted(office: Office, viewer: Viewer, stored: Stored, command: Upsert) -> Row:
    return await stored.row(service, id=await services.upsert(office, viewer, command))


async def sources_of(stored: Stored, service_id: UUID) -> set[tuple[str, str]]:
    rows = await stored.rows(service_source, service_id=service_id)
    return {(row["source"], row["external_id"]) for row in rows}


async def needs_of(stored: Stored, service_id: UUID) -> set[UUID]:
    rows = await stored.rows(service_dependency, service_id=service_id)
    return {row["depends_on_id"] for row in rows}


async def test_a_service_is_created_and_changed(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    payments = await upsert_team(office, viewer, UpsertTeam("payments"))
    bank = await services.upsert(office, viewer, Upsert("bank"))
    command = replace(SHOP, name=" Web shop ", team="payments", depends_on=("bank", "bank"))
    first = await upserted(office, viewer, stored, command)
    assert (first["name"], first["team_id"], first["automatic"]) == ("Web shop", payments, False)
    assert await needs_of(stored, first["id"]) == {bank}
    kept = await upserted(office, viewer, stored, Upsert("shop"))
    assert kept == first
    assert await sources_of(stored, first["id"]) == {
        ("repository", "acme/shop"),
        ("pagerduty", "PSHOP1"),
    }
    emptied = Upsert("shop", repositories=(), depends_on=())
    await services.upsert(office, viewer, emptied)
    assert await sources_of(stored, first["id"]) == {("pagerduty", "PSHOP1")}
    assert await needs_of(stored, first["id"]) == set()


async def test_services_may_need_each_other(office: Office, viewer: Viewer, stored: Stored) -> None:
    one = await services.upsert(office, viewer, Upsert("one"))
    two = await services.upsert(office, viewer, Upsert("two", depends_on=("one",)))
    await services.upsert(office, viewer, Upsert("one", depends_on=("two",)))
    assert (await needs_of(stored, one), await needs_of(stored, two)) == ({two}, {one})


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (SHOP, "shop"),
        (Upsert("store", repositories=("acme/web",), pagerduty_services=("PSHOP1",)), "web"),
        (Upsert("store", pagerduty_services=("PSHOP1",)), "Paged-Shop"),
        (Upsert("store"), "store"),
        (Upsert("paged-shop", repositories=("acme/web",)), "Paged-Shop"),
        (Upsert("paged-shop", name="Shop"), "Shop"),
    ],
)
async def test_a_name_that_is_not_given_is_the_best_that_is_known(
    office: Office, viewer: Viewer, stored: Stored, command: Upsert, name: str
) -> None:
    await stored.automatic_service("paged-shop", "pagerduty", "PSHOP1")
    assert (await upserted(office, viewer, stored, command))["name"] == name


async def test_a_service_that_a_source_made_becomes_a_persons(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    made = await stored.automatic_service("shop", "repository", "acme/shop")
    row = await upserted(office, viewer, stored, Upsert("shop"))
    assert (row["id"], row["automatic"], row["name"]) == (made, False, "Shop")
    assert await sources_of(stored, made) == {("repository", "acme/shop")}


async def test_services_that_sources_made_become_part_of_it(
    office: Office, viewer: Viewer, stored: Stored, published: list[Hint]
) -> None:
    of_repository = await stored.automatic_service("web", "repository", "acme/shop")
    of_paging = await stored.automatic_service("paged", "pagerduty", "PSHOP1")
    bank = await stored.automatic_service("bank", "repository", "acme/bank")
    deployed = await stored.deployment(MONDAY, service_id=of_repository)
    both = Declare("Both", Severity.SEV3, services=("web", "paged", "bank"))
    incident_id = await declare(office, viewer, both)
    for one, other in ((of_repository, of_paging), (of_paging, bank), (bank, of_repository)):
        await stored.put(service_dependency, service_id=one, depends_on_id=other)
    published.clear()
    merged = await services.upsert(office, viewer, SHOP)
    assert {row["id"] for row in await stored.rows(service)} == {merged, bank}
    assert (await stored.row(deployment, id=deployed))["service_id"] == merged
    linked = await stored.rows(incident_service, incident_id=incident_id)
    assert {row["service_id"] for row in linked} == {merged, bank}
    assert (await needs_of(stored, merged), await needs_of(stored, bank)) == ({bank}, {merged})
    assert (await stored.feed(incident_id))[2:] == [("INCIDENT", "REVISED")]
    assert published == [Hint(incident_id, 3)]
    assert (await stored.jobs(JobKind.ATTRIBUTE)).count(incident_id) == 2


async def test_what_is_merged_may_bring_more_sources(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    made = await stored.automatic_service("web", "repository", "acme/shop")
    await stored.put(service_source, source="pagerduty", external_id="P1", service_id=made)
    merged = await services.upsert(office, viewer, Upsert("shop", repositories=("acme/shop",)))
    assert await sources_of(stored, merged) == {("repository", "acme/shop"), ("pagerduty", "P1")}


async def test_only_incidents_that_may_matter_are_attributed_anew(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock
) -> None:
    await stored.automatic_service("web", "repository", "acme/shop")
    command = Declare("Old", Severity.SEV3, services=("web",))
    old = await declare(office, viewer, command)
    still_open = await declare(office, viewer, command)
    await update(office, viewer, Update(old, {"status": "RESOLVED"}))
    clock.forward(days=8)
    recent = await declare(office, viewer, command)
    await update(office, viewer, Update(recent, {"status": "RESOLVED"}))
    before = await stored.jobs(JobKind.ATTRIBUTE)
    await services.upsert(office, viewer, SHOP)
    assert set((await stored.jobs(JobKind.ATTRIBUTE))[len(before) :]) == {recent, still_open}
    assert (await stored.feed(old))[-1] == ("INCIDENT", "REVISED")


async def test_what_a_person_gave_to_another_service_stays_there(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    await services.upsert(office, viewer, SHOP)
    both = Upsert("web", repositories=("acme/web", "acme/shop"), pagerduty_services=("PSHOP1",))
    assert await refusal(services.upsert(office, viewer, both)) == {
        (CONFLICT, ("repositories", "1")),
        (CONFLICT, ("pagerdutyServices", "0")),
    }
    assert len(await stored.rows(service)) == 1
    await services.upsert(office, viewer, Upsert("shop", repositories=(), pagerduty_services=()))
    web = await services.upsert(office, viewer, both)
    assert len(await sources_of(stored, web)) == 3


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"slug": "Shop"}, (INVALID, ("slug",))),
        ({"slug": "-shop"}, (INVALID, ("slug",))),
        ({"slug": "s" * 64}, (INVALID, ("slug",))),
        ({"slug": "shop\n"}, (INVALID, ("slug",))),
        ({"name": " "}, (INVALID, ("name",))),
        ({"name": "n" * 201}, (TOO_MANY, ("name",))),
        ({"team": "nobody"}, (NOT_FOUND, ("team",))),
        ({"repositories": ("shop",)}, (INVALID, ("repositories", "0"))),
        ({"repositories": ("acme/shop/x",)}, (INVALID, ("repositories", "0"))),
        ({"repositories": ("acme/shop",) * 101}, (TOO_MANY, ("repositories",))),
        ({"pagerduty_services": ("P 1",)}, (INVALID, ("pagerdutyServices", "0"))),
        ({"depends_on": ("nowhere",)}, (NOT_FOUND, ("dependsOn", "0"))),
        ({"depends_on": ("shop",)}, (INVALID, ("dependsOn", "0"))),
        ({"depends_on": ("web",)}, (INVALID, ("dependsOn", "0"))),
    ],
)
async def test_an_unsound_description_is_refused(
    office: Office, viewer: Viewer, stored: Stored, changes: dict[str, Any], problem: Any
) -> None:
    await stored.automatic_service("web", "repository", "acme/shop")
    attempt = services.upsert(office, viewer, replace(SHOP, **changes))
    assert await refusal(attempt) == {problem}
    assert [row["slug"] for row in await stored.rows(service)] == ["web"]


async def test_readers_describe_nothing(office: Office, reader: Viewer) -> None:
    with pytest.raises(Forbidden, match="catalog:write"):
        await services.upsert(office, reader, SHOP)


async def test_two_who_name_it_at_once_name_one(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    first, second = await twice_at_once(
        services.upsert(office, viewer, SHOP),
        services.upsert(office, viewer, Upsert("shop", name="Shop")),
    )
    assert first == second
    assert (await stored.row(service, slug="shop"))["id"] == first
    assert await sources_of(stored, first) == {
        ("repository", "acme/shop"),
        ("pagerduty", "PSHOP1"),
    }


async def test_an_incident_may_be_declared_while_its_service_is_merged(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    await stored.automatic_service("web", "repository", "acme/shop")
    await stored.add(service, slug="shop", name="Shop", automatic=False)
    await twice_at_once(
        services.upsert(office, viewer, SHOP),
        declare(office, viewer, Declare("Meanwhile", Severity.SEV3, services=("shop",))),
    )
    assert len(await stored.rows(incident)) == len(await stored.rows(service)) == 1
