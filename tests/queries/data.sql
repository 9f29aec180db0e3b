-- What the golden queries read: two incidents and what belongs to them, small enough to know by heart.
-- Ids are made of a letter for the kind and a number: a0…01 is the first action item.

insert into team (id, slug, name) values
  ('70000000-0000-7000-8000-000000000001', 'payments', 'Payments'),
  ('70000000-0000-7000-8000-000000000002', 'platform', 'Platform');

insert into person (id, name, email, team_id, automatic) values
  ('90000000-0000-7000-8000-000000000001', 'Ada Example', 'ada@example.com', '70000000-0000-7000-8000-000000000001', false),
  ('90000000-0000-7000-8000-000000000002', 'Ben Example', 'ben@example.com', '70000000-0000-7000-8000-000000000002', false),
  ('90000000-0000-7000-8000-000000000003', 'Cleo Example', null, null, true);

update team set lead_id = '90000000-0000-7000-8000-000000000001' where slug = 'payments';

insert into identity (provider, external_id, person_id, handle) values
  ('github', '101', '90000000-0000-7000-8000-000000000001', 'ada'),
  ('pagerduty', 'PADA', '90000000-0000-7000-8000-000000000001', null);

insert into service (id, slug, name, team_id, automatic) values
  ('50000000-0000-7000-8000-000000000001', 'checkout', 'Checkout', '70000000-0000-7000-8000-000000000001', false),
  ('50000000-0000-7000-8000-000000000002', 'ledger', 'Ledger', '70000000-0000-7000-8000-000000000001', false),
  ('50000000-0000-7000-8000-000000000003', 'edge', 'Edge', '70000000-0000-7000-8000-000000000002', true);

insert into service_source (source, external_id, service_id) values
  ('repository', 'acme/checkout', '50000000-0000-7000-8000-000000000001'),
  ('pagerduty', 'PCHECK', '50000000-0000-7000-8000-000000000001');

insert into service_dependency (service_id, depends_on_id) values
  ('50000000-0000-7000-8000-000000000001', '50000000-0000-7000-8000-000000000002'),
  ('50000000-0000-7000-8000-000000000001', '50000000-0000-7000-8000-000000000003');

insert into deployment (id, source, external_id, service_id, repository, sha, ref, environment, status, started_at, finished_at, effective_at, deployer_id, url, rollback_of_id) values
  ('d0000000-0000-7000-8000-000000000001', 'github', '1', '50000000-0000-7000-8000-000000000001', 'acme/checkout', 'c0ffee0000000000000000000000000000000001', 'main', 'production', 'SUCCESS', '2026-03-01 11:40:00+00', '2026-03-01 11:48:00+00', '2026-03-01 11:48:00+00', '90000000-0000-7000-8000-000000000001', 'https://example.com/deployments/1', null),
  ('d0000000-0000-7000-8000-000000000002', 'github', '2', '50000000-0000-7000-8000-000000000001', 'acme/checkout', 'c0ffee0000000000000000000000000000000002', 'main', 'production', 'SUCCESS', '2026-03-01 12:10:00+00', '2026-03-01 12:14:30.5+00', '2026-03-01 12:14:30.5+00', null, null, 'd0000000-0000-7000-8000-000000000001'),
  ('d0000000-0000-7000-8000-000000000003', 'github', '3', null, 'acme/tools', 'c0ffee0000000000000000000000000000000003', null, 'staging', 'FAILURE', null, '2026-02-27 09:00:00+00', '2026-02-27 09:00:00+00', '90000000-0000-7000-8000-000000000003', null, null);

insert into pull_request (id, repository, number, title, author_id, merged_by_id, merged_at, merge_sha, additions, deletions, changed_files, url) values
  ('b0000000-0000-7000-8000-000000000001', 'acme/checkout', 41, 'Add a column to orders', '90000000-0000-7000-8000-000000000001', '90000000-0000-7000-8000-000000000002', '2026-03-01 11:30:00+00', 'c0ffee0000000000000000000000000000000001', 12, 3, 2, 'https://example.com/pulls/41'),
  ('b0000000-0000-7000-8000-000000000002', 'acme/ledger', 7, 'Read the new column', '90000000-0000-7000-8000-000000000002', null, null, null, 5, 0, 1, null);

insert into pull_request_dependency (pull_request_id, depends_on_id) values
  ('b0000000-0000-7000-8000-000000000002', 'b0000000-0000-7000-8000-000000000001');

insert into deployment_pull_request (deployment_id, pull_request_id, recorded) values
  ('d0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-000000000001', false);

insert into incident (id, number, title, title_redacted, severity, status, summary, started_at, detected_at, detected_by, declared_at, acknowledged_at, identified_at, mitigated_at, resolved_at, time_to_detect, time_to_acknowledge, time_to_mitigate, time_to_resolve, why_complete, sequence, created_at, updated_at) values
  ('10000000-0000-7000-8000-000000000001', 9001, 'Checkout fails, Ada is on it', 'Checkout fails, an engineer is on it', 'SEV1', 'RESOLVED', 'Half of all payments failed for a quarter of an hour.', '2026-03-01 11:49:00+00', '2026-03-01 11:52:00+00', 'ERROR_RATE', '2026-03-01 11:53:20.25+00', '2026-03-01 11:55:00+00', '2026-03-01 12:05:00+00', '2026-03-01 12:15:00+00', '2026-03-01 12:30:00+00', '3 minutes', '3 minutes', '26 minutes', '41 minutes', true, 9, '2026-03-01 11:53:21+00', '2026-03-03 09:00:00+00'),
  ('10000000-0000-7000-8000-000000000002', 9002, 'Search is slow', null, 'SEV3', 'INVESTIGATING', null, null, null, null, '2026-03-02 08:00:00+00', null, null, null, null, null, null, null, null, false, 1, '2026-03-02 08:00:01+00', '2026-03-02 08:00:01+00');

insert into incident_service (incident_id, service_id) values
  ('10000000-0000-7000-8000-000000000001', '50000000-0000-7000-8000-000000000001'),
  ('10000000-0000-7000-8000-000000000001', '50000000-0000-7000-8000-000000000002'),
  ('10000000-0000-7000-8000-000000000002', '50000000-0000-7000-8000-000000000003');

insert into responder (incident_id, person_id, role) values
  ('10000000-0000-7000-8000-000000000001', '90000000-0000-7000-8000-000000000001', 'COMMANDER'),
  ('10000000-0000-7000-8000-000000000001', '90000000-0000-7000-8000-000000000002', 'RESPONDER');

insert into hypothesis (id, incident_id, statement, state, reason, raised_at, settled_at) values
  ('40000000-0000-7000-8000-000000000001', '10000000-0000-7000-8000-000000000001', 'The payment provider is down', 'RULED_OUT', 'Its status page is green, others can pay', '2026-03-01 11:56:00+00', '2026-03-01 11:59:00+00'),
  ('40000000-0000-7000-8000-000000000002', '10000000-0000-7000-8000-000000000001', 'The migration locks the orders', 'RULED_IN', 'All waiting sessions want that lock', '2026-03-01 12:00:00+00', '2026-03-01 12:05:00+00');

insert into timeline_entry (id, incident_id, kind, occurred_at, recorded_at, known_at, source, actor_id, body, body_redacted, url, deployment_id, hypothesis_id, sequence, retracted, touched) values
  ('e0000000-0000-7000-8000-000000000001', '10000000-0000-7000-8000-000000000001', 'DEPLOYMENT', '2026-03-01 11:48:00+00', '2026-03-01 11:48:02+00', null, 'github', '90000000-0000-7000-8000-000000000001', 'Deployed to production', null, 'https://example.com/deployments/1', 'd0000000-0000-7000-8000-000000000001', null, 1, false, false),
  ('e0000000-0000-7000-8000-000000000002', '10000000-0000-7000-8000-000000000001', 'ANOMALY', '2026-03-01 11:49:00+00', '2026-03-01 11:53:30+00', '2026-03-01 11:52:00+00', 'person', '90000000-0000-7000-8000-000000000002', 'Errors rise to 50 %', null, null, null, null, 2, false, false),
  ('e0000000-0000-7000-8000-000000000003', '10000000-0000-7000-8000-000000000001', 'DECLARED', '2026-03-01 11:53:20.25+00', '2026-03-01 11:53:21+00', null, 'person', '90000000-0000-7000-8000-000000000001', 'Declared as SEV1', null, null, null, null, 3, false, false),
  ('e0000000-0000-7000-8000-000000000004', '10000000-0000-7000-8000-000000000001', 'NOTE', '2026-03-01 11:58:00+00', '2026-03-01 11:58:10+00', null, 'slack', '90000000-0000-7000-8000-000000000002', 'Ada looks at the locks', 'An engineer looks at the locks', null, null, null, 5, false, true),
  ('e0000000-0000-7000-8000-000000000005', '10000000-0000-7000-8000-000000000001', 'HYPOTHESIS', '2026-03-01 12:00:00+00', '2026-03-01 12:00:00+00', null, 'person', null, 'The migration locks the orders', null, null, null, '40000000-0000-7000-8000-000000000002', 6, false, false),
  ('e0000000-0000-7000-8000-000000000006', '10000000-0000-7000-8000-000000000001', 'MITIGATION', '2026-03-01 12:15:00+00', '2026-03-01 12:15:05.123456+00', null, 'person', '90000000-0000-7000-8000-000000000001', 'Rolled back', null, null, 'd0000000-0000-7000-8000-000000000002', null, 8, false, false),
  ('e0000000-0000-7000-8000-000000000007', '10000000-0000-7000-8000-000000000002', 'DECLARED', '2026-03-02 08:00:00+00', '2026-03-02 08:00:01+00', null, 'person', null, 'Declared as SEV3', null, null, null, null, 1, false, false);

insert into timeline_revision (id, entry_id, at, by_id, kind, occurred_at, body) values
  ('f0000000-0000-7000-8000-000000000001', 'e0000000-0000-7000-8000-000000000004', '2026-03-01 12:01:00+00', '90000000-0000-7000-8000-000000000002', 'NOTE', '2026-03-01 11:57:00+00', 'Somebody looks at the locks');

insert into hypothesis_evidence (hypothesis_id, entry_id) values
  ('40000000-0000-7000-8000-000000000002', 'e0000000-0000-7000-8000-000000000004');

insert into attribution (incident_id, not_a_deployment, model, computed_at, verdict_kind, verdict_deployment_id, verdict_by_id, verdict_at, verdict_reason, linked_id) values
  ('10000000-0000-7000-8000-000000000001', 0.04, 'additive-1', '2026-03-01 12:31:00+00', 'CAUSED_BY_DEPLOYMENT', 'd0000000-0000-7000-8000-000000000001', '90000000-0000-7000-8000-000000000001', '2026-03-01 14:00:00+00', 'The lock is in its migration', 'd0000000-0000-7000-8000-000000000001'),
  ('10000000-0000-7000-8000-000000000002', 1, 'additive-1', null, null, null, null, null, null, null);

insert into attribution_candidate (incident_id, deployment_id, probability, rank, evidence) values
  ('10000000-0000-7000-8000-000000000001', 'd0000000-0000-7000-8000-000000000001', 0.91, 1, '[{"kind": "RECENCY", "detail": "finished 1 min before", "contribution": 1.9}, {"kind": "DEPENDENCY", "detail": "the service itself", "contribution": 1.1}]'),
  ('10000000-0000-7000-8000-000000000001', 'd0000000-0000-7000-8000-000000000003', 0.05, 2, '[{"kind": "ENVIRONMENT", "detail": "went to staging", "contribution": -2}]');

insert into suspect (incident_id, deployment_id, probability, verdict) values
  ('10000000-0000-7000-8000-000000000001', 'd0000000-0000-7000-8000-000000000001', 1, 'CAUSED_BY_DEPLOYMENT');

insert into why (id, incident_id, parent_id, depth, question, answer, systemic) values
  ('30000000-0000-7000-8000-000000000001', '10000000-0000-7000-8000-000000000001', null, 1, 'Why did payments fail?', 'The orders table was locked', false),
  ('30000000-0000-7000-8000-000000000002', '10000000-0000-7000-8000-000000000001', '30000000-0000-7000-8000-000000000001', 2, 'Why was it locked?', 'A migration rewrote it', false),
  ('30000000-0000-7000-8000-000000000003', '10000000-0000-7000-8000-000000000001', '30000000-0000-7000-8000-000000000002', 3, 'Why did nothing stop that migration?', 'The review has no automated detection of rewriting migrations', true);

insert into why_evidence (why_id, entry_id) values
  ('30000000-0000-7000-8000-000000000001', 'e0000000-0000-7000-8000-000000000002');

insert into action_item (id, incident_id, why_id, title, description, kind, priority, owner_id, due_on, state, completed_at, created_at, updated_at) values
  ('a0000000-0000-7000-8000-000000000001', '10000000-0000-7000-8000-000000000001', '30000000-0000-7000-8000-000000000003', 'Refuse rewriting migrations in the review', null, 'TOOLING_IMPROVEMENT', 'P2', '90000000-0000-7000-8000-000000000002', '2026-03-29', 'OPEN', null, '2026-03-02 10:00:00+00', '2026-03-02 10:00:00+00'),
  ('a0000000-0000-7000-8000-000000000002', '10000000-0000-7000-8000-000000000001', null, 'Alert on waiting locks', 'At ten seconds', 'MONITORING', 'P2', '90000000-0000-7000-8000-000000000001', '2026-03-15', 'DONE', '2026-03-10 16:00:00+00', '2026-03-02 10:05:00+00', '2026-03-10 16:00:00+00'),
  ('a0000000-0000-7000-8000-000000000003', '10000000-0000-7000-8000-000000000002', null, 'Measure the slow queries', null, 'MONITORING', 'P3', '90000000-0000-7000-8000-000000000002', '2999-12-31', 'IN_PROGRESS', null, '2026-03-02 11:00:00+00', '2026-03-02 11:00:00+00');

insert into ticket (id, action_item_id, integration, connection, external_id, key, url, status, synced_at, trouble) values
  ('c0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000002', 'jira', 'acme', '10234', 'PAY-12', 'https://acme.example/browse/PAY-12', 'Done', '2026-03-10 16:00:01+00', null),
  ('c0000000-0000-7000-8000-000000000002', 'a0000000-0000-7000-8000-000000000001', 'jira', 'acme', null, null, null, null, null, 'POST /rest/api/3/issue was answered 403.');

insert into action_item_change (id, action_item_id, at, by_id, source, field, before, after, after_redacted, owner_before_id, owner_after_id, overruled) values
  ('f0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000002', '2026-03-03 09:00:00+00', '90000000-0000-7000-8000-000000000001', 'person', 'TITLE', 'Alert', 'Ada Example alerts', 'an engineer of team Payments alerts', null, null, false),
  ('f0000000-0000-7000-8000-000000000002', 'a0000000-0000-7000-8000-000000000002', '2026-03-03 09:01:00+00', '90000000-0000-7000-8000-000000000001', 'person', 'OWNER', null, null, null, '90000000-0000-7000-8000-000000000002', '90000000-0000-7000-8000-000000000001', false),
  ('f0000000-0000-7000-8000-000000000003', 'a0000000-0000-7000-8000-000000000002', '2026-03-02 12:00:00+00', null, 'jira', 'STATE', 'OPEN', 'IN_PROGRESS', null, null, null, true);

insert into delivery (id, source, key, event, body, received_at, state, attempts, error, processed_at) values
  ('b0000000-0000-7000-8000-000000000001', 'github', '72d3162e', 'deployment_status', '{}', '2026-03-01 11:49:00+00', 'DONE', 1, null, '2026-03-01 11:49:01+00'),
  ('b0000000-0000-7000-8000-000000000002', 'github', '72d3162f', 'deployment_status', '{}', '2026-03-01 11:50:00+00', 'PARKED', 1, 'Malformed: deployment.sha is missing', '2026-03-01 11:50:01+00'),
  ('b0000000-0000-7000-8000-000000000003', 'pagerduty', '01CEQ2L7VR', 'incident.triggered', '{}', '2026-03-01 11:51:00+00', 'PARKED', 8, 'KeyError at translate.py:31', '2026-03-01 12:07:00+00'),
  ('b0000000-0000-7000-8000-000000000004', 'pagerduty', '01CEQ2L7VS', 'incident.acknowledged', null, '2026-03-01 11:52:00+00', 'DISCARDED', 8, 'KeyError at translate.py:31', '2026-03-01 12:08:00+00');
