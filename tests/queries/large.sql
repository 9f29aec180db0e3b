-- More of what the history of the benchmarks has little of: rows of every table that grows.

insert into person (id, name, email, automatic)
select gen_random_uuid(), 'Former person ' || n, 'former' || n || '@example.com', true
from generate_series(1, 3000) n;

insert into service (id, slug, name, automatic)
select gen_random_uuid(), 'former-' || n, 'Former service ' || n, true
from generate_series(1, 2000) n;

insert into service_source (source, external_id, service_id)
select 'repository', 'acme/' || slug, id from service where automatic and slug like 'former%';

insert into service_dependency (service_id, depends_on_id)
select id, lag(id) over (order by id) from service order by id offset 1
on conflict do nothing;

insert into incident (id, title, severity, status, declared_at, resolved_at)
select gen_random_uuid(), 'Earlier incident ' || n, 'SEV' || 1 + n % 4, 'RESOLVED',
  timestamptz '2024-01-01 00:00+00' + interval '1 hour' * n,
  timestamptz '2024-01-01 00:30+00' + interval '1 hour' * n
from generate_series(1, 6000) n;

insert into incident_service (incident_id, service_id)
select incident.id, service.id
from (select id, number from incident where title like 'Earlier%') incident
join (select id, row_number() over (order by id) n from service) service
  on service.n = 1 + incident.number % 2000;

insert into attribution (incident_id, not_a_deployment, model)
select id, 1, 'none' from incident on conflict do nothing;

insert into hypothesis (id, incident_id, statement, state, raised_at)
select gen_random_uuid(), id, 'It may be ' || n, 'OPEN', declared_at
from incident, generate_series(1, 2) n where title like 'Incident%';

insert into responder (incident_id, person_id, role)
select incident.id, person.id, 'RESPONDER'
from (select id, row_number() over (order by id) n from incident) incident
join (select id, row_number() over (order by id) n from person) person
  on person.n in (1 + incident.n % 500, 1 + incident.n % 499);

insert into timeline_revision (id, entry_id, at, kind, occurred_at, body)
select gen_random_uuid(), id, recorded_at, kind, occurred_at, 'What it said before'
from timeline_entry where sequence % 10 = 0;

insert into why_evidence (why_id, entry_id)
select why.id, entry.id from why
join timeline_entry entry on entry.incident_id = why.incident_id and entry.sequence = why.depth
on conflict do nothing;

insert into hypothesis_evidence (hypothesis_id, entry_id)
select hypothesis.id, entry.id from hypothesis
join timeline_entry entry on entry.incident_id = hypothesis.incident_id and entry.sequence = 1
on conflict do nothing;

insert into pull_request (id, repository, number, title, author_id)
select gen_random_uuid(), repository, row_number() over (), 'A change', deployer_id
from deployment where source = 'bench' limit 6000;

insert into deployment_pull_request (deployment_id, pull_request_id, recorded)
select deployment.id, pull_request.id, true
from (select id, row_number() over (order by id) n from deployment) deployment
join (select id, row_number() over (order by id) n from pull_request) pull_request using (n)
on conflict do nothing;

insert into pull_request_dependency (pull_request_id, depends_on_id)
select id, lag(id) over (order by id) from pull_request order by id offset 1
on conflict do nothing;

insert into identity (provider, external_id, person_id)
select 'github', 'large-' || email, id from person where email is not null;

insert into ticket (id, action_item_id, integration, connection, external_id, key, url, status, synced_at)
select gen_random_uuid(), id, 'jira', 'acme', id, id, 'https://acme.example/' || id, 'Done', now()
from action_item on conflict do nothing;

insert into action_item_change (id, action_item_id, at, source, field, before, after)
select gen_random_uuid(), id, created_at, 'person', 'STATE', 'OPEN', 'IN_PROGRESS' from action_item;

insert into delivery (id, source, key, event, body, received_at, state, processed_at)
select gen_random_uuid(), 'github', 'large-' || n, 'push', '{}', at, 'DONE', at
from generate_series(1, 20000) n, lateral (select timestamptz '2026-02-01' + interval '1 minute' * n) time (at);

analyze;
