"""The middle of the story: from the first error to the recovery."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.demo import story_operations as operations
from server.demo import story_texts as texts
from server.demo.performance import GITHUB, GRAPHQL, PAGERDUTY, Performance
from server.demo.vendor_bodies import Page, Pull, page

COMMANDER, ON_CALL = "ingrid-solheim", "nomvula-d"


@dataclass(frozen=True, slots=True)
class Alert:
    """The page, and when users first felt what it is about."""

    page: Page
    started_at: datetime


async def break_down(scene: Performance) -> Alert:
    """Errors, and the page that opens the incident."""
    started_at = await scene.moment()
    on_call = scene.person(ON_CALL)
    page_id = f"Q{secrets.token_hex(7).upper()[:13]}"
    # The clock may still be a moment behind: nobody is paged for what is not felt yet.
    paged_at = max(started_at, datetime.now(UTC))
    incident = Page(page_id, texts.PAGE_TITLE, "P2", scene.service, on_call, paged_at)
    alert = Alert(incident, started_at)
    await _send(scene, alert, "triggered")
    found = await scene.eventually("the paged incident", lambda: _opened(scene, incident))
    scene.incident = found["id"]
    await scene.told(
        PAGERDUTY,
        f"“{incident.title}”: on-call is paged, and incident {found['number']} is open",
        incident=scene.incident,
    )
    return alert


async def _send(scene: Performance, alert: Alert, event: str) -> None:
    agent = None if event == "triggered" else alert.page.on_call
    event_id = f"0{secrets.token_hex(13).upper()[:25]}"
    body = page(event, event_id, alert.page, datetime.now(UTC), agent)
    await scene.door.pagerduty(body)


async def _opened(scene: Performance, incident: Page) -> Mapping[str, Any] | None:
    data = await scene.door.graphql(operations.INCIDENTS, services=[scene.service.slug])
    nodes: list[Mapping[str, Any]] = data["incidents"]["nodes"]
    return next((node for node in nodes if node["url"] == incident.url), None)


async def investigate(scene: Performance, alert: Alert) -> None:
    """Who takes it on, what is seen, and what might be behind it."""
    await scene.write("anomaly", "ANOMALY", texts.ANOMALY, alert.started_at)
    await scene.told(GRAPHQL, f"addTimelineEntries: {texts.ANOMALY}")
    await _send(scene, alert, "acknowledged")
    await scene.eventually("the acknowledgement", lambda: _moment(scene, "acknowledgedAt"))
    await scene.told(PAGERDUTY, "The page is acknowledged")
    await scene.change(
        status="INVESTIGATING",
        summary=texts.SUMMARY,
        startedAt=alert.started_at.isoformat(),
        detectedBy="ALERT",
        responders=[
            {"person": scene.ids[COMMANDER], "role": "COMMANDER"},
            {"person": scene.ids[ON_CALL], "role": "PAGED"},
        ],
    )
    await scene.told(GRAPHQL, "updateIncident: INVESTIGATING, with a commander")
    provider = await _raise(scene, texts.PROVIDER, "anomaly")
    column = await _raise(scene, texts.COLUMN, "anomaly")
    await _settle(scene, provider, "RULED_OUT", texts.PROVIDER_RULED_OUT, "anomaly")
    await scene.write("log", "MESSAGE", texts.LOG_LINE, datetime.now(UTC))
    await scene.told(GRAPHQL, f"addTimelineEntries: {texts.LOG_LINE}")
    await _settle(scene, column, "RULED_IN", texts.COLUMN_RULED_IN, "log")


async def _moment(scene: Performance, name: str) -> str | None:
    data = await scene.door.graphql(operations.INCIDENT, id=scene.incident)
    found: str | None = data["incident"][name]
    return found


async def _raise(scene: Performance, statement: str, evidence: str) -> str:
    payload = await scene.door.mutate(
        operations.RAISE_HYPOTHESIS,
        incident=scene.incident,
        statement=statement,
        evidence=[scene.entries[evidence]],
    )
    await scene.told(GRAPHQL, f"raiseHypothesis: {statement}")
    return str(payload["hypothesis"]["id"])


async def _settle(
    scene: Performance, hypothesis: str, state: str, reason: str, evidence: str
) -> None:
    await scene.door.mutate(
        operations.SETTLE_HYPOTHESIS,
        id=hypothesis,
        state=state,
        reason=reason,
        evidence=[scene.entries[evidence]],
    )
    await scene.told(GRAPHQL, f"settleHypothesis: {state}. {reason}")


async def identify(scene: Performance, reading: Pull, dropping: Pull, dropped: str) -> None:
    """The root cause; `dropped` is the deployment's public id."""
    cause = texts.ROOT_CAUSE.format(dropped=dropping.number, reading=reading.number)
    now = datetime.now(UTC)
    await scene.write("root cause", "ROOT_CAUSE", cause, now, deployment=dropped)
    await scene.change(status="IDENTIFIED")
    await scene.told(GRAPHQL, f"updateIncident: IDENTIFIED. {cause}")


async def roll_back(scene: Performance, before: str) -> None:
    """The sha that ran before is deployed again, and users feel nothing any more."""
    rollback = await scene.deploy(before, scene.person(ON_CALL))
    await scene.told(GITHUB, f"checkout is deployed at {before[:7]} again: a rollback")
    now = datetime.now(UTC)
    await scene.write("mitigation", "MITIGATION", texts.MITIGATION, now, deployment=rollback)
    await scene.change(status="MITIGATED")
    await scene.told(GRAPHQL, f"updateIncident: MITIGATED. {texts.MITIGATION}")


async def recover(scene: Performance, alert: Alert) -> None:
    """The system is normal again, and everybody says so."""
    await scene.write("recovery", "RECOVERY", texts.RECOVERY, datetime.now(UTC))
    await scene.told(GRAPHQL, f"addTimelineEntries: {texts.RECOVERY}")
    await _send(scene, alert, "resolved")
    await scene.told(PAGERDUTY, "The page is resolved")
    await scene.change(status="RESOLVED")
    await scene.eventually("the resolution", lambda: _moment(scene, "resolvedAt"))
    await scene.told(GRAPHQL, "updateIncident: RESOLVED")
