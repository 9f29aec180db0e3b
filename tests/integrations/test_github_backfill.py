"""Reading GitHub's past: as far back as it is asked for, and on from where it was broken off."""

from datetime import UTC, datetime, timedelta

from integrations.github import plugin
from integrations.observation import DeploymentObserved, PullRequestObserved, PushObserved
from tests.integrations.fake_github import FakeGitHub
from tests.integrations.github_records import START, run, sha
from tests.integrations.github_rounds import a_history, only, reading


async def test_the_past_is_read_back_to_its_day_and_no_further() -> None:
    fake = a_history(60, page_size=5)
    since = START + timedelta(minutes=20.75)
    async with reading(fake) as reader:
        batches = await reader.backfill(since)
    seen = [each for batch in batches for each in batch.observations]
    assert {int(each.external_id) for each in only(seen, DeploymentObserved)} >= set(
        range(22, 61, 2)
    )
    assert min(each.number for each in only(seen, PullRequestObserved)) in range(16, 22)
    pushes = only(seen, PushObserved)
    assert {each.after for each in pushes} >= {sha(each) for each in range(24, 61, 2)}
    shares = [batch.progress for batch in batches]
    assert shares == sorted(shares, key=lambda each: each or 0)
    assert (shares[0] or 0) < 0.5 < (shares[-1] or 0) == 1.0


async def test_more_runs_than_a_page_holds() -> None:
    runs = [run(each) for each in range(1, 181)]
    settings = {"production": {"acme/shop": {"workflow": "deploy.yml"}}}
    async with reading(FakeGitHub(runs=runs), **settings) as reader:
        batches = await reader.backfill(datetime(2025, 1, 1, tzinfo=UTC))
    seen = [each for batch in batches for each in batch.observations]
    assert {each.external_id for each in only(seen, DeploymentObserved)} == {
        f"run:{each}:1" for each in range(1, 181)
    }
    assert len(batches) == 4


async def test_a_backfill_may_be_broken_off_after_any_batch() -> None:
    fake = a_history(40, page_size=5)
    since = START + timedelta(minutes=10)
    async with reading(fake) as reader:
        whole = await reader.backfill(since)
        for batch in whole[:-1]:
            rest = await plugin.backfill(reader.connection, reader.http, since, batch.cursor)
            place = whole.index(batch) + 1
            assert set(rest.observations) == set(whole[place].observations)
        ended = await plugin.backfill(reader.connection, reader.http, since, whole[-1].cursor)
    assert (ended.observations, ended.more, ended.progress) == ((), False, 1.0)
