"""Polling GitHub: what a round tells, what it asks for, and that nothing is lost when it is cut."""

import json
from datetime import timedelta

import pytest

from integrations.contract import Delivery, Denied, Rejected, Unwell
from integrations.github import plugin
from integrations.github.compare import ENVIRONMENTS_LIMIT
from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    FileSeen,
    Observation,
    PersonRef,
    PullRequestObserved,
    PushObserved,
    ReviewSeen,
    ReviewState,
)
from tests.integrations.fake_github import FakeGitHub
from tests.integrations.github_records import (
    ROBOT,
    START,
    deployment,
    pull_request,
    release,
    review,
    run,
    sha,
)
from tests.integrations.github_rounds import a_history, grow, only, reading

ADA = PersonRef("github", "41", handle="ada")


async def test_a_deployment_is_told_with_each_state_it_was_in() -> None:
    fake = FakeGitHub(
        records={"deployments": [deployment(7, "QUEUED", "IN_PROGRESS", "SUCCESS", "INACTIVE")]}
    )
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    states = [each.state for each in sorted(only(seen, DeploymentObserved), key=_moment)]
    assert states == [
        DeploymentState.PENDING,
        DeploymentState.PENDING,
        DeploymentState.IN_PROGRESS,
        DeploymentState.SUCCESS,
    ]
    last = max(only(seen, DeploymentObserved), key=_moment)
    assert (last.external_id, last.repository, last.sha) == ("7", "acme/shop", sha(7))
    assert (last.ref, last.environment, last.deployer) == ("main", "production", ADA)
    assert last.url == "https://ci.example.com/runs/7"
    assert last.created_at == START + timedelta(minutes=7)


def _moment(seen: Observation) -> object:
    return seen.moment


async def test_a_deployment_has_the_number_of_its_webhooks() -> None:
    # Beyond 32 bits, which GraphQL's Int holds, it stands in the id alone.
    large = deployment(1, databaseId=None, id="DE_kwDOAAAAB88AAAABAAAAAg")
    small = deployment(2, databaseId=None, id="DE_kwDOAAAAB84AAAPo")
    strange = deployment(3, databaseId=None, id="DE_!")
    async with reading(FakeGitHub(records={"deployments": [large, small, strange]})) as reader:
        batch = await reader.poll()
    assert [each.external_id for each in only(list(batch.observations), DeploymentObserved)] == [
        "1000",
        str(2**32 + 2),
    ]
    (unreadable,) = batch.unreadable
    assert "no number" in unreadable.reason


async def test_a_pull_request_is_told_as_it_is() -> None:
    changes = {"body": "Depends-on: #11", "headRefName": "revert-9-topic"}
    fake = FakeGitHub(records={"pullRequests": [pull_request(12, **changes)]})
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    (pull,) = only(seen, PullRequestObserved)
    assert (pull.repository, pull.number, pull.title) == ("acme/shop", 12, "Change 12")
    assert (pull.author, pull.merged_by, pull.merge_sha) == (ADA, None, sha(12))
    assert (pull.additions, pull.deletions, pull.changed_files) == (3, 1, 2)
    assert (pull.depends_on, pull.reverts) == ((11,), 9)


async def test_a_pull_request_is_told_with_its_files_and_reviews() -> None:
    reviews = [
        review(12, "CHANGES_REQUESTED"),
        review(13, author=ROBOT),
        review(14, "PENDING"),
    ]
    fake = FakeGitHub(
        records={"pullRequests": [pull_request(12, reviews={"nodes": reviews})]},
    )
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    (pull,) = only(seen, PullRequestObserved)
    assert pull.files == (FileSeen("shop/cart.py", 3, 1),)
    assert pull.reviews == (
        ReviewSeen("PRR_12", ReviewState.CHANGES_REQUESTED, START + timedelta(minutes=11), ADA),
        ReviewSeen("PRR_13", ReviewState.APPROVED, START + timedelta(minutes=12)),
    )


async def test_a_round_costs_one_query_and_the_next_finds_only_what_is_new() -> None:
    fake = a_history()
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.asked.clear()
        again, cursor = await reader.round(cursor)
        assert fake.asked == ["POST /graphql"]
        fake.records["pullRequests"].append(pull_request(11))
        fake.records["deployments"].append(deployment(11, "SUCCESS"))
        fake.history.append(sha(11))
        news, _ = await reader.round(cursor)
    assert set(news) >= set(again)
    assert {each.number for each in set(news) - set(again) if hasattr(each, "number")} == {11}
    (push,) = only(news, PushObserved)
    assert (push.before, push.after, push.commits) == (sha(10), sha(11), (sha(11),))


async def test_a_deployment_is_compared_with_the_one_that_ran_before() -> None:
    fake = a_history()
    fake.records["deployments"] += [
        deployment(9, "FAILURE", id="DE_000099", databaseId=99),
        deployment(3, "SUCCESS", id="DE_000033", databaseId=33, originalEnvironment="canary"),
    ]
    async with reading(fake) as reader:
        seen, _ = await reader.round()
    pushes = sorted(only(seen, PushObserved), key=lambda each: each.after)
    assert [(each.before, each.after) for each in pushes] == [
        (sha(number), sha(number + 2)) for number in (2, 4, 6, 8)
    ]
    assert pushes[0].commits == (sha(3), sha(4))
    assert pushes[0].moment.at == START + timedelta(minutes=4)


async def test_commits_are_read_page_by_page() -> None:
    fake = FakeGitHub(
        page_size=3,
        records={"deployments": [deployment(1, "SUCCESS"), deployment(9, "SUCCESS")]},
        history=[sha(each) for each in range(1, 10)],
    )
    async with reading(fake) as reader:
        seen, _ = await reader.round()
        (push,) = only(seen, PushObserved)
        assert push.commits == tuple(sha(each) for each in range(2, 10))
        fake.foreign_link = True
        with pytest.raises(Rejected):
            await reader.round()


@pytest.mark.parametrize("order", [(9, 1), (1, 77)], ids=["a step back", "a commit that is gone"])
async def test_where_there_is_nothing_to_compare_nothing_is_told(order: tuple[int, int]) -> None:
    deployed = [deployment(commit, "SUCCESS", minute=minute) for minute, commit in enumerate(order)]
    history = [sha(each) for each in range(1, 10)]
    async with reading(FakeGitHub(records={"deployments": deployed}, history=history)) as reader:
        seen, _ = await reader.round()
    assert only(seen, PushObserved) == []
    assert len({each.external_id for each in only(seen, DeploymentObserved)}) == 2


async def test_what_has_not_ended_is_read_until_it_has() -> None:
    fake = a_history(40, page_size=4)
    running = deployment(41, "IN_PROGRESS")
    fake.records["deployments"].append(running)
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        later = [deployment(each, "SUCCESS") for each in range(42, 60)]
        fake.records["deployments"] += later
        _, cursor = await reader.round(cursor)
        running["statuses"] = deployment(41, "IN_PROGRESS", "SUCCESS")["statuses"]
        seen, cursor = await reader.round(cursor)
        assert only(seen, DeploymentObserved, external_id="41", state=DeploymentState.SUCCESS)
        seen, _ = await reader.round(cursor)
        assert not only(seen, DeploymentObserved, external_id="41")


async def test_what_never_ends_is_given_up_after_a_day() -> None:
    stuck = deployment(1, "IN_PROGRESS")
    later = [deployment(1_500 + each, "SUCCESS") for each in range(8)]
    between = [deployment(50 + each, "SUCCESS") for each in range(4)]
    fake = FakeGitHub(page_size=4, records={"deployments": [stuck]})
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.records["deployments"] += [*between, *later]
        seen, cursor = await reader.round(cursor)
        assert only(seen, DeploymentObserved, external_id="1")
        seen, _ = await reader.round(cursor)
        assert not only(seen, DeploymentObserved, external_id="1")


async def test_what_comes_during_a_round_is_for_the_next() -> None:
    fake = a_history(30, page_size=4)
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        grow(fake, 31, 50)
        first = await reader.poll(cursor)
        grow(fake, 51, 54)
        rest, cursor = await reader.round(first.cursor)
        news, _ = await reader.round(cursor)
    told = [*first.observations, *rest, *news]
    assert {each.number for each in only(told, PullRequestObserved)} >= set(range(31, 55))
    assert {each.after for each in only(told, PushObserved)} >= {
        sha(each) for each in range(32, 55, 2)
    }


async def test_releases_are_deployments_where_the_operator_says_so() -> None:
    fake = FakeGitHub(
        records={
            "releases": [
                release(1),
                release(3),
                release(4, isPrerelease=True),
                release(5, isDraft=True, publishedAt=None),
                release(6, tagCommit=None),
            ]
        },
        history=[sha(each) for each in range(1, 10)],
    )
    async with reading(fake, production={"acme/shop": {"releases": True}}) as reader:
        seen, _ = await reader.round()
    latest, first = only(seen, DeploymentObserved)
    assert (latest.external_id, first.external_id) == ("release:3", "release:1")
    assert (latest.sha, latest.ref, latest.environment) == (sha(3), "v3", "production")
    assert latest.state is DeploymentState.SUCCESS
    (push,) = only(seen, PushObserved)
    assert push.commits == (sha(2), sha(3))


async def test_runs_of_a_workflow_are_deployments_where_the_operator_says_so() -> None:
    fake = FakeGitHub(
        runs=[run(1), run(2, "failure"), run(3, None), run(4, "skipped")],
        history=[sha(each) for each in range(1, 10)],
    )
    async with reading(fake, production={"ACME/shop": {"workflow": "deploy.yml"}}) as reader:
        seen, cursor = await reader.round()
        fake.runs[2] = run(3)
        news, _ = await reader.round(cursor)
    assert {each.external_id: each.state for each in only(seen, DeploymentObserved)} == {
        "run:1:1": DeploymentState.SUCCESS,
        "run:2:1": DeploymentState.FAILURE,
        "run:3:1": DeploymentState.IN_PROGRESS,
    }
    (ended,) = only(news, DeploymentObserved)
    assert (ended.external_id, ended.state) == ("run:3:1", DeploymentState.SUCCESS)
    assert ended.moment.at == START + timedelta(minutes=3.5)
    assert [each.commits for each in only(news, PushObserved)] == [(sha(2), sha(3))]


async def test_an_environment_of_another_name_is_production() -> None:
    live = deployment(1, "SUCCESS", originalEnvironment="live-blue", environment="live-blue")
    settings = {"production": {"acme/shop": {"environment": "live-blue"}}}
    async with reading(FakeGitHub(records={"deployments": [live]}), **settings) as reader:
        seen, _ = await reader.round()
    assert {each.environment for each in only(seen, DeploymentObserved)} == {"production"}


async def test_a_record_that_cannot_be_read_is_put_by_and_read_later() -> None:
    odd = deployment(2, "SUCCESS", environment="", originalEnvironment="")
    fake = FakeGitHub(records={"deployments": [deployment(1, "SUCCESS"), odd]})
    async with reading(fake) as reader:
        batch = await reader.poll()
        again = await reader.poll(batch.cursor)
    assert {each.external_id for each in only(list(batch.observations), DeploymentObserved)} == {
        "1"
    }
    (unreadable,) = batch.unreadable
    assert "environment is missing" in unreadable.reason
    assert [each.key for each in again.unreadable] == [unreadable.key]
    mended = json.loads(unreadable.body)
    mended["node"]["environment"] = "production"
    seen = plugin.parse(Delivery(unreadable.event, json.dumps(mended).encode()))
    assert [each.moment.rank for each in seen] == [20, 23]


async def test_a_repository_that_is_not_there_does_not_stop_the_others() -> None:
    async with reading(a_history(), ("acme/gone", "acme/shop")) as reader:
        first = await reader.poll()
        seen, _ = await reader.round(first.cursor)
    (missing,) = first.unreadable
    assert (missing.key, first.more) == ("repository:acme/gone", True)
    assert plugin.parse(Delivery(missing.event, missing.body)) == ()
    assert only(seen, PullRequestObserved)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("FORBIDDEN", Denied), ("RATE_LIMITED", Unwell), ("SOMETHING", Rejected), (None, Unwell)],
)
async def test_what_graphql_says_with_status_200(kind: object, error: type[Exception]) -> None:
    async with reading(FakeGitHub(errors=[{"type": kind, "message": "secret"}])) as reader:
        with pytest.raises(error) as raised:
            await reader.poll()
    assert "secret" not in str(raised.value)


async def test_a_wrong_token_is_denied() -> None:
    async with reading(FakeGitHub(), token="ghp_wrong") as reader:
        with pytest.raises(Denied):
            await reader.poll()


async def test_previews_do_not_push_production_aside() -> None:
    previews = [
        deployment(each, "SUCCESS", originalEnvironment=f"preview-{each}") for each in range(2, 90)
    ]
    fake = FakeGitHub(
        records={"deployments": [deployment(1, "SUCCESS"), *previews]},
        history=[sha(each) for each in range(1, 100)],
    )
    async with reading(fake) as reader:
        _, cursor = await reader.round()
        fake.records["deployments"] += [deployment(each, "SUCCESS") for each in (90, 91)]
        _, cursor = await reader.round(cursor)
        fake.records["deployments"].append(deployment(92, "SUCCESS"))
        seen, cursor = await reader.round(cursor)
    (push,) = only(seen, PushObserved)
    assert (push.before, push.after) == (sha(91), sha(92))
    chains = json.loads(cursor)["repositories"]["acme/shop"]["chains"]
    assert len(chains) <= ENVIRONMENTS_LIMIT
