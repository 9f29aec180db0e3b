"""Recording deployments."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.commands import deployment as deployments
from server.commands import person as people
from server.commands import redaction
from server.commands.deployment import Record
from server.commands.incident import Declare, declare
from server.commands.person import Upsert
from server.commands.work import Office
from server.domain.deployment import DeploymentStatus
from server.domain.incident import Severity
from server.domain.viewer import Viewer
from server.errors import ErrorCode, Forbidden
from server.store.database import Row
from server.store.ids import new_id
from server.store.queue import JobKind
from server.store.tables import (
    deployment,
    deployment_pull_request,
    pull_request,
    service,
    service_source,
)
from tests.commands.conftest import MONDAY, Clock
from tests.commands.stored import Stored, refusal, twice_at_once

INVALID, NOT_FOUND = ErrorCode.INVALID, ErrorCode.NOT_FOUND
TOO_MANY, CONFLICT = ErrorCode.TOO_MANY, ErrorCode.CONFLICT
SUCCESS, FAILURE = DeploymentStatus.SUCCESS, DeploymentStatus.FAILURE
PENDING, IN_PROGRESS = DeploymentStatus.PENDING, DeploymentStatus.IN_PROGRESS
ROLLED_BACK = DeploymentStatus.ROLLED_BACK
SHA, OTHER_SHA = "a" * 40, "b" * 40
SOUND = Record("acme/shop", SHA, SUCCESS)


async def recorded(office: Office, viewer: Viewer, stored: Stored, command: Record) -> Row:
    return await stored.row(deployment, id=await deployments.record(office, viewer, command))


async def numbers_of(stored: Stored, deployment_id: UUID) -> dict[int, bool]:
    """The pull requests of a deployment by number, and whether they were recorded."""
    links = await stored.rows(deployment_pull_request, deployment_id=deployment_id)
    return {
        (await stored.row(pull_request, id=each["pull_request_id"]))["number"]: each["recorded"]
        for each in links
    }


async def test_everything_said_is_stored(office: Office, viewer: Viewer, stored: Stored) -> None:
    ada = await stored.person("Ada Lovelace")
    shop = await stored.add(service, slug="shop", name="Shop", automatic=False)
    command = Record(
        "acme/web",
        SHA.upper(),
        FAILURE,
        environment="staging",
        service="shop",
        ref="main",
        started_at=MONDAY - timedelta(minutes=9),
        finished_at=MONDAY - timedelta(minutes=2),
        url="https://ci.example.com/1",
        deployer=ada,
        pull_requests=(12, 7, 12),
        external_id="run-1",
    )
    row = await recorded(office, viewer, stored, command)
    assert (row["source"], row["external_id"], row["service_id"]) == ("api", "run-1", shop)
    assert (row["sha"], row["ref"], row["environment"]) == (SHA, "main", "staging")
    assert (row["status"], row["deployer_id"]) == ("FAILURE", ada)
    assert row["effective_at"] == row["finished_at"] == MONDAY - timedelta(minutes=2)
    assert await numbers_of(stored, row["id"]) == {7: True, 12: True}
    titles = {each["title"] for each in await stored.rows(pull_request)}
    assert titles == {"#7", "#12"}


async def test_a_ref_is_kept_without_names_too(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    await people.upsert(office, viewer, Upsert("Ada Lovelace"))
    row = await recorded(office, viewer, stored, replace(SOUND, ref="adalovelace/fix-lag"))
    assert (row["ref"], row["ref_redacted"]) == ("adalovelace/fix-lag", "an engineer/fix-lag")
    later = await recorded(office, viewer, stored, replace(SOUND, sha=OTHER_SHA, ref="joannie/x"))
    assert later["ref_redacted"] is None
    await people.upsert(office, viewer, Upsert("Joan Nie"))
    assert await redaction.rerender(office) == 1
    assert (await stored.row(deployment, id=later["id"]))["ref_redacted"] == "an engineer/x"


async def test_little_is_enough(office: Office, viewer: Viewer, stored: Stored) -> None:
    row = await recorded(office, viewer, stored, SOUND)
    assert (row["environment"], row["effective_at"]) == ("production", MONDAY)
    assert (row["started_at"], row["finished_at"]) == (None, None)
    owner = await stored.row(service, id=row["service_id"])
    assert (owner["slug"], owner["automatic"]) == ("shop", True)


async def test_the_service_is_the_one_that_owns_the_repository(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    cart = await stored.add(service, slug="cart", name="Cart", automatic=False)
    source = {"source": "repository", "external_id": "acme/shop"}
    await stored.put(service_source, **source, service_id=cart)
    assert (await recorded(office, viewer, stored, SOUND))["service_id"] == cart


async def test_a_newer_status_updates_the_same_deployment(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock
) -> None:
    begun = replace(SOUND, status=IN_PROGRESS, started_at=MONDAY, ref="main", pull_requests=(1,))
    first = await recorded(office, viewer, stored, begun)
    later = clock.forward(minutes=8)
    second = await recorded(
        office, viewer, stored, replace(SOUND, started_at=MONDAY, pull_requests=(2,))
    )
    assert second["id"] == first["id"]
    assert (first["finished_at"], second["finished_at"]) == (None, later)
    assert (second["status"], second["ref"]) == ("SUCCESS", "main")
    assert (first["effective_at"], second["effective_at"]) == (MONDAY, later)
    assert await numbers_of(stored, first["id"]) == {1: True, 2: True}


async def test_a_late_word_undoes_no_later_one(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    for status, kept in (
        (PENDING, "PENDING"),
        (IN_PROGRESS, "IN_PROGRESS"),
        (PENDING, "IN_PROGRESS"),
        (SUCCESS, "SUCCESS"),
        (IN_PROGRESS, "SUCCESS"),
        (FAILURE, "FAILURE"),
        (ROLLED_BACK, "ROLLED_BACK"),
        (SUCCESS, "ROLLED_BACK"),
    ):
        command = replace(SOUND, status=status, external_id="run-1")
        assert (await recorded(office, viewer, stored, command))["status"] == kept


async def test_another_commit_place_or_start_is_another_deployment(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    for changes in (
        {},
        {"sha": OTHER_SHA},
        {"environment": "staging"},
        {"repository": "acme/cart"},
        {"started_at": MONDAY - timedelta(hours=1)},
    ):
        await deployments.record(office, viewer, replace(SOUND, **changes))
    assert len(await stored.rows(deployment)) == 5


async def test_deploying_an_older_commit_again_is_a_rollback(
    office: Office, viewer: Viewer, stored: Stored, clock: Clock
) -> None:
    old = await deployments.record(office, viewer, SOUND)
    clock.forward(hours=1)
    new = await deployments.record(office, viewer, replace(SOUND, sha=OTHER_SHA))
    clock.forward(hours=1)
    back = await recorded(office, viewer, stored, replace(SOUND, external_id="run-3"))
    assert back["rollback_of_id"] == new
    assert (await stored.row(deployment, id=new))["status"] == "ROLLED_BACK"
    assert (await stored.row(deployment, id=old))["status"] == "SUCCESS"


async def test_incidents_near_are_attributed_anew(
    office: Office, viewer: Viewer, stored: Stored, incident_id: UUID, clock: Clock
) -> None:
    before = await stored.jobs(JobKind.ATTRIBUTE)
    clock.forward(days=60)
    far = await declare(office, viewer, Declare("Later", Severity.SEV4))
    finished_at = MONDAY - timedelta(minutes=5)
    await deployments.record(office, viewer, replace(SOUND, finished_at=finished_at))
    assert await stored.jobs(JobKind.ATTRIBUTE) == [*before, far, incident_id]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sha": "xyz"}, (INVALID, ("sha",))),
        ({"repository": "shop"}, (INVALID, ("repository",))),
        ({"environment": " "}, (INVALID, ("environment",))),
        ({"environment": "e" * 201}, (TOO_MANY, ("environment",))),
        ({"ref": ""}, (INVALID, ("ref",))),
        ({"external_id": ""}, (INVALID, ("externalId",))),
        ({"url": "javascript:1"}, (INVALID, ("url",))),
        ({"service": "nowhere"}, (NOT_FOUND, ("service",))),
        ({"deployer": new_id()}, (NOT_FOUND, ("deployer",))),
        ({"pull_requests": (1, 0)}, (INVALID, ("pullRequests", "1"))),
        ({"pull_requests": (2**31,)}, (INVALID, ("pullRequests", "0"))),
        ({"pull_requests": (1,) * 251}, (TOO_MANY, ("pullRequests",))),
        ({"started_at": MONDAY + timedelta(hours=1)}, (INVALID, ("startedAt",))),
        (
            {"started_at": MONDAY, "finished_at": MONDAY - timedelta(hours=1)},
            (INVALID, ("finishedAt",)),
        ),
    ],
)
async def test_an_unsound_deployment_is_refused(
    office: Office, viewer: Viewer, stored: Stored, changes: dict[str, Any], problem: Any
) -> None:
    attempt = deployments.record(office, viewer, replace(SOUND, **changes))
    assert await refusal(attempt) == {problem}
    assert not await stored.rows(deployment)
    assert not await stored.rows(service)


async def test_an_end_is_not_before_the_start_that_was_told_earlier(
    office: Office, viewer: Viewer
) -> None:
    begun = replace(SOUND, status=IN_PROGRESS, started_at=MONDAY, external_id="run-1")
    await deployments.record(office, viewer, begun)
    ended = replace(SOUND, finished_at=MONDAY - timedelta(minutes=1), external_id="run-1")
    attempt = deployments.record(office, viewer, ended)
    assert await refusal(attempt) == {(INVALID, ("finishedAt",))}


async def test_an_external_id_is_of_one_deployment(office: Office, viewer: Viewer) -> None:
    await deployments.record(office, viewer, replace(SOUND, external_id="run-1"))
    other = replace(SOUND, sha=OTHER_SHA, external_id="run-1")
    attempt = deployments.record(office, viewer, other)
    assert await refusal(attempt) == {(CONFLICT, ("externalId",))}


async def test_pull_requests_that_add_up_to_too_many_are_refused(
    office: Office, viewer: Viewer
) -> None:
    for first in (1, 126):
        numbers = tuple(range(first, first + 125))
        await deployments.record(office, viewer, replace(SOUND, pull_requests=numbers))
    attempt = deployments.record(office, viewer, replace(SOUND, pull_requests=(251,)))
    assert await refusal(attempt) == {(TOO_MANY, ("pullRequests",))}


async def test_readers_record_nothing(office: Office, reader: Viewer) -> None:
    with pytest.raises(Forbidden, match="deployments:write"):
        await deployments.record(office, reader, SOUND)


async def test_two_who_record_it_at_once_record_one(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    first, second = await twice_at_once(
        deployments.record(office, viewer, replace(SOUND, status=IN_PROGRESS, started_at=MONDAY)),
        deployments.record(office, viewer, replace(SOUND, started_at=MONDAY)),
    )
    assert first == second
    assert (await stored.row(deployment, id=first))["status"] == "SUCCESS"


async def test_a_key_serves_one_input(office: Office, viewer: Viewer, stored: Stored) -> None:
    first = await deployments.record(office, viewer, SOUND, "k")
    assert await deployments.record(office, viewer, SOUND, "k") == first
    other = deployments.record(office, viewer, replace(SOUND, sha=OTHER_SHA), "k")
    assert await refusal(other) == {(CONFLICT, ("idempotencyKey",))}
