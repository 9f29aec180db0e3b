"""Ninety days of a service's releases, and where incidents have their cause among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from server.demo.chance import Dice, in_office_hours, is_workday, minutes
from server.demo.organisation import Organisation, Service
from server.demo.plan import SPAN, PullRequest, Release
from server.demo.scenarios import Change, ordinary_changes

_WORKDAYS = 5
_SOMETIMES_FAILS = 0.03


@dataclass(slots=True)
class Branch:
    """A service's main branch while its past is being made up: who works on it, and its head."""

    service: Service
    people: Sequence[str]
    chance: Dice
    titles: Iterator[str]
    head: str
    running: str
    number: int = 0

    def pull_request(self, change: Change, merged_at: datetime) -> PullRequest:
        """Merge one more; somebody else than its author merges it."""
        author, merged_by = self.chance.sample(self.people, 2)
        before, self.head = self.head, self.chance.randbytes(20).hex()
        self.number += 1
        return PullRequest(
            number=self.number,
            title=change.title,
            additions=change.additions,
            deletions=change.deletions,
            changed_files=change.changed_files,
            author=author,
            merged_by=merged_by,
            merged_at=merged_at,
            before=before,
            sha=self.head,
        )

    def release(
        self, started_at: datetime, took: timedelta, brought: Sequence[PullRequest]
    ) -> Release:
        """Deploy the branch's head."""
        self.running = self.head
        return self._deployment(started_at, took, tuple(brought))

    def rollback(self, to: str, started_at: datetime, took: timedelta) -> Release:
        """Deploy an older sha again; what was merged stays merged."""
        self.running = to
        return self._deployment(started_at, took, ())

    def _deployment(
        self, started_at: datetime, took: timedelta, brought: tuple[PullRequest, ...]
    ) -> Release:
        return Release(
            service=self.service,
            external_id=str(self.chance.randrange(2_000_000_000, 2_900_000_000)),
            sha=self.running,
            pull_requests=brought,
            started_at=started_at,
            finished_at=started_at + took,
            deployer=self.chance.choice(self.people),
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """A release that has to cause an incident, which the next release or a rollback ends.

    `lasts` is how long after that release the remedy runs. `fix` is the title of the pull
    request that mends it; without one it is rolled back, and reverted in the next release.
    """

    key: str
    change: Change
    lasts: timedelta
    fix: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """A service's releases, and for each trouble, by its key, the culprit and the remedy."""

    releases: tuple[Release, ...]
    troubles: Mapping[str, tuple[Release, Release]]


def past_of(
    organisation: Organisation,
    service: Service,
    troubles: Mapping[date, Trouble],
    today: date,
    chance: Dice,
) -> Past:
    """Make up a service's releases until yesterday, with these troubles on their days."""
    branch = _branch(organisation, service, chance)
    releases: list[Release] = []
    told: dict[str, tuple[Release, Release]] = {}
    to_revert: PullRequest | None = None
    for day in _days(today):
        trouble = troubles.get(day)
        if trouble is None and not _is_release_day(service, day, chance):
            continue
        running = branch.running
        release = _release(branch, day, trouble, to_revert)
        to_revert = None
        releases.append(release)
        if trouble is None:
            continue
        remedy = _remedy(branch, release, trouble, running)
        releases.append(remedy)
        told[trouble.key] = release, remedy
        to_revert = None if trouble.fix else release.pull_requests[-1]
    return _numbered(Past(tuple(releases), told), service.pull_requests - branch.number)


def _branch(organisation: Organisation, service: Service, chance: Dice) -> Branch:
    people = [person.handle for person in organisation.members(service.team)]
    first = chance.randbytes(20).hex()
    return Branch(service, people, chance, _titles(service, chance), head=first, running=first)


def _titles(service: Service, chance: Dice) -> Iterator[str]:
    """What a team works on: each piece once, and later in further parts."""
    titles = list(ordinary_changes(service.slug))
    chance.shuffle(titles)
    yield from titles
    for part in count(2):
        yield from (f"{title}, part {part}" for title in titles)


def _days(today: date) -> Iterator[date]:
    """The days of the past, the earliest first; today is left to those who watch."""
    for ago in range(SPAN.days, 0, -1):
        yield today - timedelta(days=ago)


def _is_release_day(service: Service, day: date, chance: Dice) -> bool:
    drawn = chance.random()
    return is_workday(day) and drawn < service.weekly_deployments / _WORKDAYS


def _release(
    branch: Branch, day: date, trouble: Trouble | None, to_revert: PullRequest | None
) -> Release:
    """The release of a day: one to three pull requests, the trouble's last."""
    chance = branch.chance
    started_at = in_office_hours(chance, day)
    changes = [_ordinary(branch) for _ in range(chance.choice((1, 1, 1, 2, 2, 3)))]
    if to_revert:
        changes[0] = Change(
            f'Revert "{to_revert.title}"',
            to_revert.deletions,
            to_revert.additions,
            to_revert.changed_files,
        )
    if trouble:
        changes[-1] = trouble.change
    merges = sorted(started_at - minutes(chance, 3, 240) for _ in changes)
    brought = [branch.pull_request(*each) for each in zip(changes, merges, strict=True)]
    release = branch.release(started_at, minutes(chance, 3, 14), brought)
    failed = chance.random() < _SOMETIMES_FAILS and not trouble
    return replace(release, failed=failed)


def _ordinary(branch: Branch) -> Change:
    additions = round(branch.chance.lognormvariate(3.7, 1.1)) + 1
    deletions = round(additions * branch.chance.uniform(0, 0.9))
    files = 1 + round((additions + deletions) ** 0.5 / 3)
    return Change(next(branch.titles), additions, deletions, files)


def _remedy(branch: Branch, culprit: Release, trouble: Trouble, running: str) -> Release:
    """What ended the trouble: the release before, once more, or one that mends it."""
    took = minutes(branch.chance, 2, 5)
    started_at = culprit.finished_at + trouble.lasts - took
    if trouble.fix is None:
        return branch.rollback(running, started_at, took)
    change = Change(trouble.fix, 24, 7, 3)
    fix = branch.pull_request(change, started_at - minutes(branch.chance, 1, 3))
    return branch.release(started_at, took, [fix])


def _numbered(past: Past, before: int) -> Past:
    """The same past, its pull requests numbered so that the newest has the service's number."""
    moved = {release.external_id: _shifted(release, before) for release in past.releases}
    troubles = {
        key: (moved[culprit.external_id], moved[remedy.external_id])
        for key, (culprit, remedy) in past.troubles.items()
    }
    return Past(tuple(moved.values()), troubles)


def _shifted(release: Release, by: int) -> Release:
    moved = (replace(each, number=each.number + by) for each in release.pull_requests)
    return replace(release, pull_requests=tuple(moved))
