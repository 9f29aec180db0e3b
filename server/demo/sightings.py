"""What GitHub and PagerDuty would have said of the past, as observations."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from integrations.observation import (
    DeploymentObserved,
    DeploymentState,
    Moment,
    Observation,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    PullRequestObserved,
    PushObserved,
    ServiceRef,
)
from server.commands.observe import Source
from server.demo.organisation import Organisation, Person
from server.demo.plan import Incident, PullRequest, Release
from server.domain.incident import Severity

GITHUB = Source("github", "GitHub")
PAGERDUTY = Source("pagerduty", "PagerDuty")

_PRIORITIES = {
    Severity.SEV1: "P1",
    Severity.SEV2: "P2",
    Severity.SEV3: "P3",
    Severity.SEV4: "P4",
}
_STATES = {
    PageEvent.TRIGGERED: PageState.TRIGGERED,
    PageEvent.ACKNOWLEDGED: PageState.ACKNOWLEDGED,
    PageEvent.RESOLVED: PageState.RESOLVED,
}


def of_release(company: Organisation, release: Release) -> Iterator[Observation]:
    """Its pull requests and their pushes, then its own beginning and end."""
    for pull in release.pull_requests:
        yield _pull_request(company, release, pull)
        yield PushObserved(
            moment=_moment(pull.merged_at, 0, "push", pull.sha),
            repository=release.service.repository,
            ref="refs/heads/main",
            before=pull.before,
            after=pull.sha,
            commits=(pull.sha,),
        )
    end = DeploymentState.FAILURE if release.failed else DeploymentState.SUCCESS
    yield _deployment(company, release, DeploymentState.IN_PROGRESS, release.started_at)
    yield _deployment(company, release, end, release.finished_at)


def _pull_request(
    company: Organisation, release: Release, pull: PullRequest
) -> PullRequestObserved:
    repository = release.service.repository
    return PullRequestObserved(
        moment=_moment(pull.merged_at, 1, "pull request", pull.sha),
        repository=repository,
        number=pull.number,
        title=pull.title,
        additions=pull.additions,
        deletions=pull.deletions,
        changed_files=pull.changed_files,
        author=_at_github(company.person(pull.author)),
        merged_by=_at_github(company.person(pull.merged_by)),
        merged_at=pull.merged_at,
        merge_sha=pull.sha,
        url=f"https://github.com/{repository}/pull/{pull.number}",
    )


def _deployment(
    company: Organisation, release: Release, state: DeploymentState, at: datetime
) -> DeploymentObserved:
    repository = release.service.repository
    return DeploymentObserved(
        moment=_moment(at, 2, state, release.external_id),
        external_id=release.external_id,
        repository=repository,
        sha=release.sha,
        environment="production",
        state=state,
        ref="main",
        created_at=release.started_at,
        deployer=_at_github(company.person(release.deployer)),
        url=f"https://github.com/{repository}/actions/runs/{release.external_id}",
    )


def page_id(incident: Incident) -> str:
    """The incident's id at PagerDuty."""
    return f"Q{_digest('page', incident.key)[:13].upper()}"


def of_page(
    company: Organisation, incident: Incident, event: PageEvent, at: datetime
) -> PageObserved:
    """One event of the page that the incident was opened by."""
    on_call = _at_pagerduty(company.person(incident.on_call))
    begins = event is PageEvent.TRIGGERED
    return PageObserved(
        moment=_moment(at, list(_STATES).index(event), event, incident.key),
        external_id=page_id(incident),
        event_id=_digest(event, incident.key)[:26].upper(),
        event=event,
        title=incident.texts.title,
        state=_STATES[event],
        priority=_PRIORITIES[incident.severity],
        created_at=incident.course.declared_at,
        service=ServiceRef("pagerduty", incident.service.pagerduty, incident.service.name),
        actor=None if begins else on_call,
        paged=(on_call,) if begins else (),
        url=f"https://acme.pagerduty.com/incidents/{page_id(incident)}",
    )


def _at_github(person: Person) -> PersonRef:
    return PersonRef("github", str(person.github), person.handle)


def _at_pagerduty(person: Person) -> PersonRef:
    return PersonRef("pagerduty", person.pagerduty, name=person.name)


def _moment(at: datetime, rank: int, *what: str) -> Moment:
    return Moment(at, rank, _digest(*what))


def _digest(*what: str) -> str:
    return sha256(":".join(what).encode()).hexdigest()
