"""Attributing an incident: computed anew whenever its facts change, and kept with a verdict."""

from typing import Any
from uuid import UUID

from server.commands import deployment_entries
from server.commands.attribution_facts import facts_of
from server.commands.work import Office, Work
from server.domain.attribution import (
    Attribution,
    Candidate,
    Evidence,
    Suspect,
    Verdict,
    VerdictKind,
    attribute,
    linked,
    suspects,
)
from server.domain.feed import FeedChange, FeedSubject
from server.domain.redaction import Directory, redact
from server.store import attribution_kept as kept
from server.store import incident as incidents
from server.store import queue
from server.store.database import Row
from server.store.directory import directory_of
from server.store.queue import Job, JobKind


async def recompute(office: Office, incident_id: UUID) -> None:
    """Attribute an incident anew, with all facts there are now; nothing if there is none such."""
    async with office.work() as work:
        row = await incidents.lock(work.tx, incident_id)
        if row:
            await queue.absorb(work.tx, Job(JobKind.ATTRIBUTE, incident_id))
            await attribute_again(work, row)


async def attribute_again(work: Work, row: Row, *, revised: bool = False) -> None:
    """Attribute an incident whose row is locked; `revised`: its verdict changed, tell so."""
    facts = await facts_of(work.tx, row)
    answer = attribute(facts.incident, facts.deployments)
    verdict = _verdict(await kept.find(work.tx, row["id"]))
    cause = linked(answer, verdict)
    changed = await _keep(work, row["id"], answer, cause)
    changed |= await kept.set_suspects(
        work.tx, row["id"], [_suspect_row(each) for each in suspects(answer, verdict)]
    )
    if changed or revised:
        await work.changed(row["id"], FeedSubject.ATTRIBUTION, row["id"], FeedChange.REVISED)
    await deployment_entries.keep(work, row["id"], facts, cause)


def _verdict(row: Row | None) -> Verdict | None:
    if row is None or row["verdict_kind"] is None:
        return None
    return Verdict(VerdictKind(row["verdict_kind"]), row["verdict_deployment_id"])


async def _keep(work: Work, incident_id: UUID, answer: Attribution, cause: UUID | None) -> bool:
    """Store the model's answer beside the verdict; whether it is another one than before."""
    directory = await directory_of(work.tx)
    candidates = [_candidate_row(each, directory) for each in answer.candidates]
    changed = await kept.set_candidates(work.tx, incident_id, candidates)
    columns = {
        "not_a_deployment": answer.not_a_deployment,
        "model": answer.model,
        "linked_id": cause,
    }
    return await kept.put(work.tx, incident_id, columns, changed, work.now)


def _candidate_row(candidate: Candidate, directory: Directory) -> dict[str, Any]:
    told = [_line(line, line.detail) for line in candidate.evidence]
    redacted = [
        _line(line, redact(line.detail, directory) or line.detail) for line in candidate.evidence
    ]
    return {
        "deployment_id": candidate.deployment_id,
        "probability": candidate.probability,
        "rank": candidate.rank,
        "evidence": told,
        "evidence_redacted": None if redacted == told else redacted,
    }


def _line(line: Evidence, detail: str) -> dict[str, Any]:
    return {"kind": line.kind.value, "detail": detail, "contribution": line.contribution}


def _suspect_row(suspect: Suspect) -> dict[str, Any]:
    return {
        "deployment_id": suspect.deployment_id,
        "probability": suspect.probability,
        "verdict": suspect.verdict_kind.value if suspect.verdict_kind else None,
    }
