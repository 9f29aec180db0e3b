"""A history to measure on: many incidents, made by PostgreSQL itself in seconds."""

from __future__ import annotations

from hashlib import sha256

import asyncpg

SERVICES = 200
PEOPLE = 500
TEAMS = 20


ENTRIES = 30
"""Of the timeline of each incident."""

DEPLOYMENTS = 10
"""For each incident."""


SUSPECT = 499
"""The number of a deployment that is suspected of three incidents, in a history of any size."""


def repository_of(deployment: int) -> str:
    """The repository of the deployment of this number."""
    return f"acme/service-{1 + deployment % SERVICES}"


def sha_of(deployment: int) -> str:
    """The commit of the deployment of this number."""
    return sha256(str(deployment).encode()).hexdigest()[:40]


def _id(kind: str, number: str) -> str:
    """SQL of an id that is the same in every run."""
    return f"md5('{kind}' || ({number}))::uuid"


def _catalogue() -> list[str]:
    return [
        f"""insert into team (id, slug, name)
            select {_id("team", "n")}, 'team-' || n, 'Team ' || n
            from generate_series(1, {TEAMS}) n""",
        f"""insert into person (id, name, email, team_id, automatic)
            select {_id("person", "n")}, 'Person ' || n, 'person' || n || '@example.com',
                {_id("team", f"1 + n % {TEAMS}")}, false
            from generate_series(1, {PEOPLE}) n""",
        f"""insert into service (id, slug, name, team_id, automatic)
            select {_id("service", "n")}, 'service-' || n, 'Service ' || n,
                {_id("team", f"1 + n % {TEAMS}")}, false
            from generate_series(1, {SERVICES}) n""",
    ]


_AT = "timestamptz '2026-01-01 00:00:00.5+00' + interval '1 minute'"


def _deployments(incidents: int) -> str:
    """One each three minutes, an incident each thirty."""
    return f"""insert into deployment (id, source, external_id, service_id, repository, sha,
                environment, status, finished_at, effective_at, deployer_id)
            select {_id("deployment", "n")}, 'bench', n::text,
                {_id("service", f"1 + n % {SERVICES}")}, 'acme/service-' || 1 + n % {SERVICES},
                left(encode(sha256(n::text::bytea), 'hex'), 40),
                'production', 'SUCCESS', {_AT} * 3 * n, {_AT} * 3 * n,
                {_id("person", f"1 + n % {PEOPLE}")}
            from generate_series(1, {DEPLOYMENTS * incidents}) n"""


def _incidents(incidents: int) -> list[str]:
    each = f"generate_series(1, {incidents}) n"
    return [
        f"""insert into incident (id, title, severity, status, summary, declared_at, resolved_at,
                time_to_resolve, why_complete, sequence)
            select {_id("incident", "n")}, 'Incident ' || n, 'SEV' || 1 + n % 4, 'RESOLVED',
                'Requests failed', {_AT} * 30 * n, {_AT} * 30 * (n + 1), interval '30 minutes',
                true, {ENTRIES}
            from {each}""",
        f"""insert into incident_service (incident_id, service_id)
            select {_id("incident", "n")}, {_id("service", f"1 + (n + m) % {SERVICES}")}
            from {each}, generate_series(0, 1) m order by n, m""",
        f"""insert into timeline_entry (id, incident_id, kind, occurred_at, recorded_at, source,
                actor_id, body, sequence)
            select {_id("entry", "n || '/' || m")}, {_id("incident", "n")}, 'NOTE',
                {_AT} * (30 * n + m), {_AT} * (30 * n + m), 'person',
                {_id("person", f"1 + (n + m) % {PEOPLE}")},
                'What was seen and done, in one line ' || m, m
            from {each}, generate_series(1, {ENTRIES}) m order by n, m""",
    ]


def _lessons(incidents: int) -> list[str]:
    each = f"generate_series(1, {incidents}) n"
    # The last deployment before the incident, and those before the incidents before.
    deployments = DEPLOYMENTS * incidents
    suspect = f"1 + ({DEPLOYMENTS} * (n - m + 1) - 2 + {deployments}) % {deployments}"
    return [
        f"""insert into attribution (incident_id, not_a_deployment, model)
            select {_id("incident", "n")}, 0.1, 'bench' from {each}""",
        f"""insert into attribution_candidate (incident_id, deployment_id, probability, rank,
                evidence)
            select {_id("incident", "n")}, {_id("deployment", suspect)}, 0.5 / m, m,
                '[{{"kind": "recency", "detail": "12 min before", "contribution": 1.9}}]'
            from {each}, generate_series(1, 3) m order by n, m""",
        """insert into suspect (incident_id, deployment_id, probability)
            select incident_id, deployment_id, probability from attribution_candidate""",
        f"""insert into why (id, incident_id, depth, question, answer, systemic)
            select {_id("why", "n || '/' || m")}, {_id("incident", "n")}, m, 'Why ' || m || '?',
                'Because of ' || m, m = 5
            from {each}, generate_series(1, 5) m order by n, m""",
        f"""insert into action_item (id, incident_id, title, kind, priority, owner_id, due_on,
                state)
            select {_id("action", "n || '/' || m")}, {_id("incident", "n")}, 'Do ' || m,
                'TOOLING_IMPROVEMENT', 'P2', {_id("person", f"1 + (n + m) % {PEOPLE}")},
                date '2026-02-01' + m, 'OPEN'
            from {each}, generate_series(1, 3) m order by n, m""",
    ]


async def write(url: str, incidents: int) -> None:
    """Fill a migrated, empty database with that many incidents and all that belongs to them."""
    connection = await asyncpg.connect(url)
    try:
        for statement in (
            *_catalogue(),
            _deployments(incidents),
            *_incidents(incidents),
            *_lessons(incidents),
        ):
            await connection.execute(statement)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
