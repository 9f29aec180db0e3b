"""The past of the demonstration: pure, and always the same for a seed and a moment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from server.demo.chance import dice
from server.demo.incidents import Draft, drafts, incident_of
from server.demo.organisation import Organisation, acme
from server.demo.plan import History, Release
from server.demo.releases import Trouble, past_of


def history(seed: int, now: datetime, organisation: Organisation | None = None) -> History:
    """Ninety days up to yesterday: releases of every service, and the incidents among them."""
    company = organisation or acme()
    planned = drafts(company, now.date(), dice(seed, "incidents"))
    pasts = {
        service.slug: past_of(
            company,
            service,
            _troubles(planned, service.slug),
            now.date(),
            dice(seed, service.slug),
        )
        for service in company.services
    }
    incidents = [
        incident_of(
            draft,
            pasts[draft.service.slug].troubles.get(draft.key),
            company,
            now,
            dice(seed, "incident", draft.key),
        )
        for draft in planned
    ]
    releases = [release for past in pasts.values() for release in past.releases]
    return History(
        tuple(sorted(releases, key=_finished)),
        tuple(sorted(incidents, key=lambda incident: incident.course.declared_at)),
    )


def _troubles(planned: Sequence[Draft], slug: str) -> Mapping[date, Trouble]:
    return {
        draft.day: draft.trouble
        for draft in planned
        if draft.service.slug == slug and draft.trouble
    }


def _finished(release: Release) -> datetime:
    return release.finished_at
