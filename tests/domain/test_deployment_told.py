"""What several sources tell of one deployment, folded."""

from datetime import UTC, datetime, timedelta

from integrations.observation import DeploymentObserved, DeploymentState, Moment, PersonRef
from server.domain.deployment import DeploymentStatus
from server.domain.deployment_told import told, told_by_all

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ADA, BOB = PersonRef("github", "1"), PersonRef("intake", "2")
IN_PROGRESS, SUCCESS = DeploymentState.IN_PROGRESS, DeploymentState.SUCCESS
FAILURE = DeploymentState.FAILURE


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def word(minute: int, state: DeploymentState, **others: object) -> DeploymentObserved:
    """What is said at this minute."""
    values = {"repository": "acme/shop", "sha": "a" * 40, "environment": "production", **others}
    return DeploymentObserved(Moment(at(minute), 0, ""), "1", state=state, **values)  # type: ignore[arg-type]


def test_the_last_word_counts_whoever_says_it() -> None:
    first = word(0, IN_PROGRESS, deployer=ADA), word(6, SUCCESS, ref="main")
    second = word(-1, IN_PROGRESS, ref="v1"), word(4, FAILURE, deployer=BOB, url="https://x")
    state = told_by_all([("argo", first), ("github", second)])
    assert (state.course.status, state.course.finished_at) == (DeploymentStatus.SUCCESS, at(6))
    assert (state.course.started_at, state.heard_at) == (at(-1), at(-1))
    assert (state.ref, state.url, state.deployer) == ("main", "https://x", BOB)


def test_at_one_moment_they_speak_in_the_order_of_their_names() -> None:
    voices = [("github", [word(0, FAILURE)]), ("argo", [word(0, SUCCESS)])]
    assert told_by_all(voices).course.status is DeploymentStatus.FAILURE


def test_the_first_says_how_names_are_written() -> None:
    ours, theirs = (
        [word(0, SUCCESS)],
        [word(1, SUCCESS, repository="Acme/Shop", environment="Prod")],
    )
    state = told_by_all([("github", ours), ("intake", theirs)])
    assert (state.repository, state.environment) == ("acme/shop", "production")


def test_one_alone_tells_what_it_tells() -> None:
    seen = [word(0, IN_PROGRESS, pull_requests=(1,)), word(5, FAILURE, pull_requests=(2,))]
    assert told_by_all([("github", seen)]) == told(seen)
