"""The story of the dropped column, played through the server's own doors.

Two pull requests were meant to go out in sequence: one stops reading a column, the next drops
it. The second is deployed alone. What follows is an incident from its first error to its action
items. Every step is a signed webhook or a GraphQL operation; all times are those of the clock.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.demo import story_operations as operations
from server.demo import story_texts as texts
from server.demo.door import Door, DoorError
from server.demo.organisation import Organisation, Service, acme
from server.demo.performance import GITHUB, GRAPHQL, Performance, Tell
from server.demo.story_incident import (
    ON_CALL,
    break_down,
    identify,
    investigate,
    recover,
    roll_back,
)
from server.demo.vendor_bodies import Pull, pull_request, push

SERVICE = "checkout"

_FIRST_NUMBER = 411
_MOST_PLAYS = 500


@dataclass(frozen=True, slots=True)
class StoryResult:
    """What the story left on the server.

    `incident` is its public id, `dropped_sha` what was deployed too early to `repository`, and
    `attribution` what the server answers about the cause in the end.
    """

    incident: str
    repository: str
    dropped_sha: str
    dropped_pull_request: int
    attribution: Mapping[str, Any]


async def play(door: Door, *, pace: float, tell: Tell) -> StoryResult:
    """Play the story once, `pace` seconds between two steps; it may be played again at any time.

    Raises:
        DoorError: the server refused a step, or its effect did not show in time.
    """
    organisation = acme()
    service = organisation.service(SERVICE)
    ids = await _cast(door, organisation, service)
    scene = Performance(door, pace, tell, organisation, service, ids)
    before = await _running(scene)
    reading, dropping = await _merge_out_of_order(scene, before)
    dropped = await _deploy(scene, dropping)
    alert = await break_down(scene)
    await investigate(scene, alert)
    await identify(scene, reading, dropping, dropped)
    await roll_back(scene, before)
    await recover(scene, alert)
    await _learn(scene)
    attribution = await _attribution(scene, _sha_of(dropping))
    return StoryResult(
        incident=scene.incident,
        repository=service.repository,
        dropped_sha=_sha_of(dropping),
        dropped_pull_request=dropping.number,
        attribution=attribution,
    )


async def _cast(door: Door, organisation: Organisation, service: Service) -> Mapping[str, str]:
    """Have the server know who and what the story speaks of; people's public ids by handle."""
    (team,) = (team for team in organisation.teams if team.slug == service.team)
    await door.mutate(operations.UPSERT_TEAM, slug=team.slug, name=team.name)
    ids = {}
    for person in organisation.members(team.slug):
        identities = [
            {
                "provider": "github",
                "externalId": str(person.github),
                "handle": person.handle,
            },
            {"provider": "pagerduty", "externalId": person.pagerduty},
        ]
        payload = await door.mutate(
            operations.UPSERT_PERSON,
            name=person.name,
            email=person.email,
            team=team.slug,
            identities=identities,
        )
        ids[person.handle] = str(payload["person"]["id"])
    await door.mutate(
        operations.UPSERT_SERVICE,
        slug=service.slug,
        name=service.name,
        team=team.slug,
        repositories=[service.repository],
        pagerdutyServices=[service.pagerduty],
    )
    return ids


async def _running(scene: Performance) -> str:
    """The sha that runs in production; one is deployed where there is none."""
    newest = await scene.newest()
    if newest and newest["status"] == "SUCCESS":
        return str(newest["sha"])
    sha = secrets.token_hex(20)
    await scene.deploy(sha, scene.person(ON_CALL))
    await scene.told(GITHUB, f"checkout runs {sha[:7]} in production")
    return sha


async def _merge_out_of_order(scene: Performance, before: str) -> tuple[Pull, Pull]:
    """The pull request that has to go first waits, while the one that follows is merged."""
    first = await _free_number(scene)
    at = await scene.moment()
    reading = Pull(
        first,
        texts.STOP_READING,
        "First of two: the column is dropped by the next one.",
        additions=64,
        deletions=112,
        changed_files=9,
        author=scene.person("joonas-virtanen"),
        opened_at=at - timedelta(hours=3),
    )
    await scene.door.github("pull_request", pull_request(scene.service, reading))
    await scene.told(
        GITHUB, f"#{reading.number} “{reading.title}” is open and waits in the merge queue"
    )
    dropping = Pull(
        first + 1,
        texts.DROP_COLUMN,
        f"Second of two: nothing reads the column any more.\n\nDepends-on: #{first}",
        additions=21,
        deletions=6,
        changed_files=2,
        author=scene.person("mfigueiredo"),
        opened_at=at - timedelta(hours=2),
        merged_at=at,
        merged_by=scene.person("yasmin-elsayed"),
        merge_sha=secrets.token_hex(20),
    )
    await scene.door.github("pull_request", pull_request(scene.service, dropping))
    await scene.door.github("push", push(scene.service, before, dropping))
    await scene.told(
        GITHUB,
        f"#{dropping.number} “{dropping.title}” is merged; "
        f"its description says Depends-on: #{reading.number}",
    )
    return reading, dropping


async def _free_number(scene: Performance) -> int:
    """The first of two numbers that no pull request of the repository has."""
    for number in range(_FIRST_NUMBER, _FIRST_NUMBER + 2 * _MOST_PLAYS, 2):
        data = await scene.door.graphql(
            operations.PULL_REQUEST, repository=scene.service.repository, number=number
        )
        if data["pullRequest"] is None:
            return number
    raise DoorError("The story was played too often. Begin with a new data directory.")


def _sha_of(pull: Pull) -> str:
    return pull.merge_sha or ""


async def _deploy(scene: Performance, dropping: Pull) -> str:
    """The migration goes out alone; the deployment's public id."""
    sha = _sha_of(dropping)
    deployed = await scene.deploy(sha, scene.person("yasmin-elsayed"))
    await scene.told(
        GITHUB, f"checkout is deployed at {sha[:7]}, with #{dropping.number} and nothing else"
    )
    return deployed


async def _learn(scene: Performance) -> None:
    """Five whys down to the system, and what is promised because of them."""
    whys: list[str] = []
    for depth, why in enumerate(texts.WHYS, start=1):
        payload = await scene.door.mutate(
            operations.ANSWER_WHY,
            incident=scene.incident,
            parent=whys[-1] if whys else None,
            question=why.question,
            answer=why.answer,
            systemic=depth == len(texts.WHYS),
            evidence=[scene.entries[why.evidence]],
        )
        whys.append(str(payload["why"]["id"]))
        await scene.told(GRAPHQL, f"answerWhy {depth}: {why.question} {why.answer}")
    for promise in texts.PROMISES:
        payload = await scene.door.mutate(
            operations.CREATE_ACTION_ITEM,
            incident=scene.incident,
            why=whys[promise.why - 1],
            title=promise.title,
            kind=promise.kind,
            owner=scene.ids[promise.owner],
        )
        item = payload["actionItem"]
        due = "done" if item["state"] == "DONE" else f"due {item['dueOn']}"
        await scene.told(GRAPHQL, f"createActionItem {item['priority']}, {due}: {promise.title}")


async def _attribution(scene: Performance, sha: str) -> Mapping[str, Any]:
    """What the server says about the cause, once it has taken the rollback into account."""

    async def look() -> Mapping[str, Any] | None:
        data = await scene.door.graphql(operations.ATTRIBUTION, id=scene.incident)
        found: Mapping[str, Any] = data["incident"]["attribution"]
        return found if _names(found, sha) else None

    attribution = await scene.eventually("the attribution", look)
    first = attribution["candidates"][0]
    pulls = ", ".join(f"#{pull['number']}" for pull in first["deployment"]["pullRequests"])
    await scene.told(
        GRAPHQL,
        f"attribution: {first['probability']:.1%} that the deployment of {pulls} caused it, "
        f"{attribution['notADeployment']:.1%} that none did",
    )
    for line in first["evidence"]:
        scene.tell_at_once(GRAPHQL, f"{line['contribution']:+.1f}  {line['detail']}")
    return attribution


def _names(attribution: Mapping[str, Any], sha: str) -> bool:
    """Whether this sha is first, and what its rollback showed is among the evidence."""
    for first in attribution["candidates"][:1]:
        kinds = {line["kind"] for line in first["evidence"]}
        return first["deployment"]["sha"] == sha and "ROLLBACK_RECOVERED" in kinds
    return False
