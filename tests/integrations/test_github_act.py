"""Failed deliveries of webhooks: GitHub does not deliver them again by itself."""

from integrations.github.act import MOST_AT_ONCE
from tests.integrations.fake_github import FakeGitHub
from tests.integrations.github_records import delivery
from tests.integrations.github_rounds import reading

HOOK = "repos/acme/shop/hooks/42"


def asked_again(fake: FakeGitHub) -> list[int]:
    return [int(each.split("/")[-2]) for each in fake.asked if each.endswith("/attempts")]


async def test_what_failed_is_asked_for_once() -> None:
    fake = FakeGitHub(deliveries=[delivery(1), delivery(2, 202), delivery(3, 0), delivery(4, 404)])
    async with reading(fake, webhooks=[HOOK]) as reader:
        _, cursor = await reader.round()
        assert asked_again(fake) == [1, 3, 4]
        _, cursor = await reader.round(cursor)
        assert asked_again(fake) == [1, 3, 4]
        fake.deliveries.append(delivery(2_000))
        await reader.round(cursor)
    assert asked_again(fake) == [1, 3, 4, 2_000]


async def test_one_round_asks_for_so_many_and_the_next_for_the_rest() -> None:
    fake = FakeGitHub(deliveries=[delivery(each) for each in range(1, 61)])
    async with reading(fake, webhooks=[HOOK]) as reader:
        _, cursor = await reader.round()
        assert asked_again(fake) == list(range(1, MOST_AT_ONCE + 1))
        await reader.round(cursor)
    assert asked_again(fake) == list(range(1, 61))


async def test_nothing_is_asked_for_where_no_webhook_is_named() -> None:
    fake = FakeGitHub(deliveries=[delivery(1)])
    async with reading(fake, webhooks=["repos/acme/shop/hooks/42/../..", 7]) as reader:
        await reader.round()
    assert fake.asked == ["POST /graphql"]
