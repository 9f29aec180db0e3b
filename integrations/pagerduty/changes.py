"""PagerDuty's change events: it is told of deployments, and shows them beside its incidents.

It is a connection of its own, for its API is another one and so is its key: that of an integration
with a service, or of a ruleset.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.contract import (
    Connection,
    Denied,
    DeploymentNews,
    Finding,
    Http,
    Manifest,
    Missing,
    RatePolicy,
    Rejected,
    Role,
    Setting,
    SettingKind,
)
from integrations.observation import DeploymentState
from integrations.payload import TITLE_LIMIT

__all__ = ["plugin"]

_ROUTING_KEY = re.compile("[0-9A-Za-z]{32}")

_SUMMARIES = {
    DeploymentState.SUCCESS: "Deployed {} to {}",
    DeploymentState.FAILURE: "Failed to deploy {} to {}",
}

_ENQUEUE = "/v2/change/enqueue"

_GET_A_KEY = (
    "An integration key has 32 letters and digits: PagerDuty → Services → the service → "
    "Integrations → Add an integration → Events API V2 → Integration Key."
)
_ELSEWHERE = (
    "No events are taken there. Leave out base_url; in the EU it is "
    "https://events.eu.pagerduty.com."
)


@dataclass(frozen=True, slots=True)
class PagerDutyChanges:
    """The integration with PagerDuty's change events: its manifest, and its powers."""

    manifest: Manifest

    async def tell_deployment(
        self, connection: Connection, http: Http, news: DeploymentNews
    ) -> None:
        if news.environment in connection.settings.get("environments", ["production"]):
            key = connection.secrets["routing_key"].value
            await http.send("POST", _ENQUEUE, {"routing_key": key, **_event(news)})

    async def check(self, connection: Connection, http: Http) -> Sequence[Finding]:
        """PagerDuty does not say whether a key is good: its form is looked at, and the address."""
        good = bool(_ROUTING_KEY.fullmatch(connection.secrets["routing_key"].value))
        there = await _takes_events(http)
        return [
            Finding("routing_key", good, "" if good else _GET_A_KEY),
            Finding("base_url", there, "" if there else _ELSEWHERE),
        ]


async def _takes_events(http: Http) -> bool:
    """Whether events are taken there, by one with nothing in it, which has to be refused."""
    try:
        await http.send("POST", _ENQUEUE, {})
    except Rejected:
        return True
    except (Denied, Missing):
        return False
    return True


def _event(news: DeploymentNews) -> Mapping[str, Any]:
    """What PagerDuty is told of a deployment; of one deployment always the same."""
    what = f"{news.service or news.repository} {news.sha[:7]}"
    summary = _SUMMARIES.get(news.state, "Deploying {} to {}").format(what, news.environment)
    details = {
        "repository": news.repository,
        "sha": news.sha,
        "environment": news.environment,
        "state": news.state.value,
        "deployment": news.key,
    }
    if news.service:
        details["service"] = news.service
    payload = {
        "summary": summary[:TITLE_LIMIT],
        "timestamp": news.finished_at.isoformat(),
        "source": news.repository,
        "custom_details": details,
    }
    links = [{"href": news.url, "text": "The deployment"}] if news.url else []
    return {"payload": payload, "links": links}


plugin = PagerDutyChanges(
    Manifest(
        name="pagerduty-changes",
        title="PagerDuty's change events",
        roles=frozenset({Role.DEPLOYMENTS}),
        base_url="https://events.pagerduty.com",
        settings=(
            Setting(
                "routing_key",
                SettingKind.SECRET,
                "The key of an integration with a service (Events API V2), or of a ruleset.",
                required=True,
            ),
            Setting(
                "environments",
                SettingKind.TEXTS,
                'Of which environments deployments are told, ["production"] by default.',
            ),
        ),
        rate=RatePolicy(requests=120, per_seconds=60),
    )
)
