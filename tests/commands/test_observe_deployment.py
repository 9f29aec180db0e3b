"""What sources say of deployments and changes becomes state, and what people said stays."""

from itertools import permutations

import pytest

from integrations.observation import (
    DeploymentState,
    FileSeen,
    PageEvent,
    PageState,
    ReviewSeen,
    ReviewState,
)
from server.commands.attribution import recompute
from server.commands.work import Office
from server.store import tables
from server.store.queue import JobKind
from server.store.statements import update_row
from tests.commands.stored import Stored
from tests.commands.told import (
    ADA,
    at,
    deployment,
    page,
    pull_request,
    push,
    sha,
    tell,
    the_incident,
)


async def brought(stored: Stored, external_id: str) -> tuple[set[str], set[int]]:
    """The first letters of the commits, and the pull requests, that a deployment brought."""
    row = await stored.row(tables.deployment, external_id=external_id)
    commits = await stored.rows(tables.deployment_commit, deployment_id=row["id"])
    links = await stored.rows(tables.deployment_pull_request, deployment_id=row["id"])
    pulls = {each["id"]: each["number"] for each in await stored.rows(tables.pull_request)}
    return {each["sha"][0] for each in commits}, {pulls[each["pull_request_id"]] for each in links}


async def test_a_deployment_goes_its_course_and_makes_what_it_names(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        deployment("d", "1", 0, DeploymentState.PENDING, created_at=at(-1)),
        deployment("d", "1", 2, DeploymentState.IN_PROGRESS),
        deployment("d", "1", 5, url="https://ci.example/1"),
    )
    row = await stored.row(tables.deployment, external_id="d")
    assert (row["status"], row["started_at"], row["finished_at"]) == ("SUCCESS", at(2), at(5))
    assert row["effective_at"] == at(5)
    assert row["url"] == "https://ci.example/1"
    service = await stored.row(tables.service, id=row["service_id"])
    assert (service["slug"], service["name"], service["automatic"]) == ("shop", "shop", True)
    deployer = await stored.row(tables.person, id=row["deployer_id"])
    assert (deployer["name"], deployer["automatic"]) == ("ada-l", True)


async def test_a_source_names_pull_requests_that_no_push_tells_of(
    office: Office, stored: Stored
) -> None:
    await tell(office, deployment("d", "1", 2, DeploymentState.IN_PROGRESS))
    await tell(office, deployment("d", "1", 5, pull_requests=(12, 11)))
    await tell(office, deployment("d", "1", 6, pull_requests=(13,)))
    assert await brought(stored, "d") == ({"1"}, {11, 12, 13})
    await tell(office, push("0", "1", minute=7))
    assert (await brought(stored, "d"))[1] == {11, 12, 13}


async def test_a_deployment_that_never_began_counts_from_when_it_was_asked_for(
    office: Office, stored: Stored
) -> None:
    await tell(office, deployment("d", "1", 3, DeploymentState.PENDING, created_at=at(1)))
    row = await stored.row(tables.deployment, external_id="d")
    assert (row["status"], row["effective_at"]) == ("PENDING", at(1))


async def test_repositories_of_one_name_are_two_services(office: Office, stored: Stored) -> None:
    await tell(
        office,
        deployment("d1", "1", 0, repository="acme/shop"),
        deployment("d2", "1", 0, repository="umbrella/shop"),
    )
    assert {row["slug"] for row in await stored.rows(tables.service)} == {"shop", "shop-umbrella"}


async def test_what_a_person_set_of_a_deployment_stays(office: Office, stored: Stored) -> None:
    await tell(office, deployment("d", "1", 5))
    row = await stored.row(tables.deployment, external_id="d")
    changes = {"finished_at": at(3), "effective_at": at(3), "edited": ["finished_at"]}
    async with office.work() as work:
        await update_row(work.tx, tables.deployment, changes, id=row["id"])
    await tell(office, deployment("d", "1", 9, url="https://ci.example/1"))
    after = await stored.row(tables.deployment, external_id="d")
    assert (after["finished_at"], after["effective_at"]) == (at(3), at(3))
    assert after["url"] == "https://ci.example/1"


async def test_it_brings_the_commits_since_the_environments_last_success(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        push("0", "1", minute=-90),
        push("1", "2", "3", minute=-80),
        push("3", "4", minute=-70),
        pull_request(3, -80, "3"),
        pull_request(4, -70, "4"),
        deployment("first", "1", -85),
        deployment("broken", "3", -60, DeploymentState.FAILURE),
        deployment("second", "4", -50),
        deployment("staging", "4", -50, environment="staging"),
    )
    assert await brought(stored, "second") == ({"2", "3", "4"}, {3, 4})
    assert await brought(stored, "broken") == ({"2", "3"}, {3})
    assert await brought(stored, "staging") == ({"1", "2", "3", "4"}, {3, 4})


async def test_a_failure_turned_success_shifts_what_the_next_one_brought(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        push("0", "1", minute=-90),
        push("1", "2", minute=-80),
        deployment("first", "1", -60, DeploymentState.IN_PROGRESS),
        deployment("second", "2", -50),
    )
    assert await brought(stored, "second") == ({"1", "2"}, set())
    await tell(office, deployment("first", "1", -55))
    assert await brought(stored, "second") == ({"2"}, set())


async def test_a_deployment_that_moves_is_taken_out_of_its_old_history(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        deployment("old", "1", -60),
        deployment("new", "2", -50),
        deployment("back", "1", -40),
    )
    assert (await stored.row(tables.deployment, external_id="new"))["status"] == "ROLLED_BACK"
    await tell(office, deployment("back", "1", -39, environment="staging"))
    assert (await stored.row(tables.deployment, external_id="new"))["status"] == "SUCCESS"
    assert (await stored.row(tables.deployment, external_id="back"))["rollback_of_id"] is None


async def test_a_revert_takes_back_the_last_deployment_that_brought_what_it_reverts(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        push("0", "1", minute=-90),
        push("1", "2", minute=-80),
        push("2", "3", minute=-70),
        deployment("first", "1", -60),
        deployment("canary", "3", -55, environment="canary"),
        deployment("broken", "2", -50),
        deployment("mended", "3", -40),
        pull_request(3, -70, "3", reverts=2),
    )
    assert (await stored.row(tables.deployment, external_id="mended"))["rollback_of_id"] is None
    await tell(office, pull_request(2, -80, "2"))
    broken = await stored.row(tables.deployment, external_id="broken")
    mended = await stored.row(tables.deployment, external_id="mended")
    assert (broken["status"], mended["rollback_of_id"]) == ("ROLLED_BACK", broken["id"])
    canary = await stored.row(tables.deployment, external_id="canary")
    assert (canary["status"], canary["rollback_of_id"]) == ("SUCCESS", None)
    await tell(office, pull_request(3, -30, "3", title="It reverts nothing"))
    broken = await stored.row(tables.deployment, external_id="broken")
    assert broken["status"] == "SUCCESS"


# ── pull requests ────────────────────────────────────────────────────────────


async def test_a_dependency_that_is_unknown_stands_by_its_number_until_it_is_told(
    office: Office, stored: Stored
) -> None:
    await tell(office, pull_request(42, 0, depends_on=(41,)))
    stub = await stored.row(tables.pull_request, number=41)
    assert stub["title"] == "#41"
    await tell(office, pull_request(41, -5, title="Stop reading"))
    told = await stored.row(tables.pull_request, number=41)
    assert (told["id"], told["title"]) == (stub["id"], "Stop reading")
    await tell(office, pull_request(42, 1))
    assert await stored.rows(tables.pull_request_dependency) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_files_and_reviews_stay_as_the_last_that_tells_of_them(
    office: Office, stored: Stored, order: tuple[int, ...]
) -> None:
    files = (FileSeen("cart.py", 3, 1), FileSeen("cart.sql", 9))
    review = ReviewSeen("R1", ReviewState.APPROVED, at(-3), ADA)
    robots = ReviewSeen("R2", ReviewState.COMMENTED, at(-2))
    newest = pull_request(7, 2, files=files, reviews=(review, robots))
    older = pull_request(7, 1, files=files[:1], reviews=())
    seen = newest, older, pull_request(7, 3)
    await tell(office, *(seen[each] for each in order))
    kept = await stored.rows(tables.pull_request_file)
    assert {(each["path"], each["additions"], each["deletions"]) for each in kept} == {
        ("cart.py", 3, 1),
        ("cart.sql", 9, 0),
    }
    reviews = await stored.rows(tables.review)
    ada = await stored.row(tables.identity, external_id="1")
    assert {each["external_id"]: each["reviewer_id"] for each in reviews} == {
        "R1": ada["person_id"],
        "R2": None,
    }


async def test_a_recorded_link_outlives_what_derives(office: Office, stored: Stored) -> None:
    await tell(office, deployment("d", "1", 0), pull_request(7, -9, "9"))
    row = await stored.row(tables.deployment, external_id="d")
    pull = await stored.row(tables.pull_request, number=7)
    await stored.put(
        tables.deployment_pull_request,
        deployment_id=row["id"],
        pull_request_id=pull["id"],
        recorded=True,
    )
    await tell(office, push("0", "1", minute=-1), pull_request(7, 1, "8"))
    assert await brought(stored, "d") == ({"1"}, {7})


async def test_a_branch_of_an_impossible_length_is_not_followed(
    office: Office, stored: Stored
) -> None:
    await tell(office, push("0", "1", minute=0, ref="refs/heads/" + "é" * 3_000))
    assert await stored.rows(tables.push) == []


# ── whom it concerns ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minute", "concerned"), [(-8 * 24 * 60, False), (-60, True), (10, True), (30 * 24 * 60, True)]
)
async def test_a_deployment_has_open_incidents_after_it_attributed_anew(
    office: Office, stored: Stored, minute: int, concerned: bool
) -> None:
    await tell(office, page(PageEvent.TRIGGERED, 1))
    await recompute(office, await the_incident(stored))
    assert await stored.jobs(JobKind.ATTRIBUTE) == []
    await tell(office, deployment("d", "1", minute))
    assert bool(await stored.jobs(JobKind.ATTRIBUTE)) is concerned


async def test_a_deployment_long_after_the_end_concerns_nobody(
    office: Office, stored: Stored
) -> None:
    await tell(
        office,
        page(PageEvent.TRIGGERED, 1),
        page(PageEvent.RESOLVED, 20, state=PageState.RESOLVED),
    )
    await recompute(office, await the_incident(stored))
    await tell(office, deployment("d", "1", 3 * 24 * 60))
    assert await stored.jobs(JobKind.ATTRIBUTE) == []


async def test_a_title_that_is_told_late_reaches_the_incidents_of_its_deployments(
    office: Office, stored: Stored
) -> None:
    await tell(
        office, push("0", "1", minute=-9), deployment("d", "1", -5), page(PageEvent.TRIGGERED, 0)
    )
    await recompute(office, await the_incident(stored))
    await tell(office, pull_request(42, -10, "1", title="Drop the column"))
    assert await stored.jobs(JobKind.ATTRIBUTE) == [await the_incident(stored)]
    assert (await brought(stored, "d"))[0] == {sha("1")[0]}
