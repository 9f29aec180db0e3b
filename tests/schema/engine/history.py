"""A small history, made by PostgreSQL: enough rows of each kind to see what is read how often."""

import asyncpg

INCIDENTS = 20
TIED = 5
"""How many incidents were declared at one moment."""

_AT = "timestamptz '2026-01-01 00:00:00.5+00' + interval '1 hour'"


def _id(kind: str, number: str) -> str:
    return f"md5('{kind}' || ({number}))::uuid"


_N = f"generate_series(1, {INCIDENTS}) n"

STATEMENTS = (
    f"""insert into person (id, name, automatic)
        select {_id("person", "n")}, 'Person ' || n, false from generate_series(1, 6) n""",
    f"""insert into service (id, slug, name, automatic)
        select {_id("service", "n")}, 'service-' || n, 'Service ' || n, false
        from generate_series(1, 6) n""",
    f"""insert into service_dependency (service_id, depends_on_id)
        select {_id("service", "n")}, {_id("service", "n + 1")} from generate_series(1, 5) n""",
    f"""insert into deployment (id, source, external_id, service_id, repository, sha, environment,
            status, effective_at, deployer_id)
        select {_id("deployment", "n")}, 'test', n::text, {_id("service", "1 + n % 6")}, 'acme/it',
            md5(n::text), 'production', 'SUCCESS', {_AT} * n, {_id("person", "1 + n % 6")}
        from {_N}""",
    f"""insert into incident (id, title, severity, status, declared_at)
        select {_id("incident", "n")}, 'Incident ' || n, 'SEV' || 1 + n % 3, 'RESOLVED',
            {_AT} * (n / {TIED}) from {_N}""",
    f"""insert into incident_service (incident_id, service_id)
        select {_id("incident", "n")}, {_id("service", "1 + (n + m) % 6")}
        from {_N}, generate_series(0, 1) m""",
    f"""insert into timeline_entry (id, incident_id, kind, occurred_at, recorded_at, source,
            actor_id, deployment_id, body, sequence)
        select {_id("entry", "n || '/' || m")}, {_id("incident", "n")},
            (array['NOTE', 'DECLARED'])[1 + m % 2], {_AT} * (m / 2), {_AT}, 'person',
            case when m > 1 then {_id("person", "1 + (n + m) % 6")} end, {_id("deployment", "n")},
            'Entry ' || m, m
        from {_N}, generate_series(1, 7) m""",
    f"""insert into attribution (incident_id, not_a_deployment, model)
        select {_id("incident", "n")}, 0.1, 'test' from {_N}""",
    f"""insert into attribution_candidate (incident_id, deployment_id, probability, rank, evidence)
        select {_id("incident", "n")}, {_id("deployment", "1 + (n + m) % 20")}, 0.5 / m, m,
            '[{{"kind": "recency", "detail": "before", "contribution": 1.5}}]'
        from {_N}, generate_series(1, 3) m""",
    f"""insert into why (id, incident_id, depth, question, answer, systemic)
        select {_id("why", "n || '/' || m")}, {_id("incident", "n")}, m, 'Why?', 'So.', m = 3
        from {_N}, generate_series(1, 3) m""",
)


async def write(url: str) -> None:
    """Fill an empty database."""
    connection = await asyncpg.connect(url)
    try:
        for statement in STATEMENTS:
            await connection.execute(statement)
    finally:
        await connection.close()
