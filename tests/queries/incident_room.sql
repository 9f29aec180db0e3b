SELECT (
  SELECT row_to_json(x72) AS row_to_json_1 
  FROM (
    SELECT t1.number AS number, CASE WHEN $1::BOOLEAN THEN t1.title ELSE coalesce(t1.title_redacted, t1.title) END AS title, t1.severity AS severity, t1.status AS status, CASE WHEN $1::BOOLEAN THEN t1.summary ELSE coalesce(t1.summary_redacted, t1.summary) END AS summary, t1.detected_by AS "detectedBy", t1.sequence AS "timelineVersion", t1.started_at AS "startedAt", t1.detected_at AS "detectedAt", t1.declared_at AS "declaredAt", t1.acknowledged_at AS "acknowledgedAt", t1.identified_at AS "identifiedAt", t1.mitigated_at AS "mitigatedAt", t1.resolved_at AS "resolvedAt", t1.time_to_detect AS "timeToDetect", t1.time_to_acknowledge AS "timeToAcknowledge", t1.time_to_mitigate AS "timeToMitigate", t1.time_to_resolve AS "timeToResolve", l11.value AS services, l20.value AS responders, l27.value AS hypotheses, l43.value AS timeline, coalesce(l58.value, '"\u0000"'::json) AS attribution, json_build_object('nodes'::text, l71.value) AS "whyChain" 
    FROM incident AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x10 
        FROM (
          SELECT t2.slug AS slug, l9.value AS team 
          FROM service AS t2 
          JOIN incident_service AS t3 ON t3.service_id = t2.id 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x8) AS value 
            FROM (
              SELECT t4.name AS name, l7.value AS lead 
              FROM team AS t4 
              LEFT OUTER JOIN LATERAL (
                SELECT row_to_json(x6) AS value 
                FROM (
                  SELECT CASE WHEN $1::BOOLEAN THEN t5.name ELSE coalesce(replace($2::VARCHAR, $3::VARCHAR, (
                    SELECT team.name 
                    FROM team 
                    WHERE team.id = t5.team_id)), $4::VARCHAR) END AS name 
                  FROM person AS t5 
                  WHERE t5.id = t4.lead_id AND $5::BOOLEAN) AS x6) AS l7 ON true 
              WHERE t4.id = t2.team_id AND $5::BOOLEAN) AS x8) AS l9 ON true 
          WHERE t3.incident_id = t1.id AND $5::BOOLEAN 
          ORDER BY t2.name, t2.id) AS x10))) AS value) AS l11 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x19 
        FROM (
          SELECT t12.role AS role, coalesce(l18.value, '"\u0000"'::json) AS person 
          FROM responder AS t12 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x17) AS value 
            FROM (
              SELECT 'per_' || replace(CAST(t13.id AS TEXT), $6::VARCHAR, $7::VARCHAR) AS id, CASE WHEN $1::BOOLEAN THEN t13.name ELSE coalesce(replace($8::VARCHAR, $9::VARCHAR, (
                SELECT team.name 
                FROM team 
                WHERE team.id = t13.team_id)), $10::VARCHAR) END AS name, l16.value AS team 
              FROM person AS t13 
              LEFT OUTER JOIN LATERAL (
                SELECT row_to_json(x15) AS value 
                FROM (
                  SELECT t14.slug AS slug 
                  FROM team AS t14 
                  WHERE t14.id = CASE WHEN $1::BOOLEAN THEN t13.team_id END AND $5::BOOLEAN) AS x15) AS l16 ON true 
              WHERE t13.id = t12.person_id AND $5::BOOLEAN) AS x17) AS l18 ON true 
          WHERE t12.incident_id = t1.id 
          ORDER BY t12.role, t12.person_id) AS x19))) AS value) AS l20 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x26 
        FROM (
          SELECT CASE WHEN $1::BOOLEAN THEN t21.statement ELSE coalesce(t21.statement_redacted, t21.statement) END AS statement, t21.state AS state, CASE WHEN $1::BOOLEAN THEN t21.reason ELSE coalesce(t21.reason_redacted, t21.reason) END AS reason, t21.raised_at AS "raisedAt", t21.settled_at AS "settledAt", l25.value AS evidence 
          FROM hypothesis AS t21 
          LEFT OUTER JOIN LATERAL (
            SELECT array_to_json(array((
              SELECT x24 
              FROM (
                SELECT 'ent_' || replace(CAST(t22.id AS TEXT), $11::VARCHAR, $12::VARCHAR) AS id, CASE WHEN $1::BOOLEAN THEN t22.body ELSE coalesce(t22.body_redacted, t22.body) END AS body 
                FROM timeline_entry AS t22 
                JOIN hypothesis_evidence AS t23 ON t23.entry_id = t22.id 
                WHERE t23.hypothesis_id = t21.id AND $13::BOOLEAN 
                ORDER BY t22.occurred_at, t22.id) AS x24))) AS value) AS l25 ON true 
          WHERE t21.incident_id = t1.id AND $13::BOOLEAN 
          ORDER BY t21.raised_at, t21.id) AS x26))) AS value) AS l27 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT json_build_object('totalCount'::text, (
        SELECT count(*) AS count_1 
        FROM timeline_entry AS t42 
        WHERE t42.incident_id = t1.id AND $13::BOOLEAN), 'edges'::text, coalesce(json_agg(p28.v0 ORDER BY p28.rank DESC) FILTER (WHERE p28.rank <= 3), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, false, 'hasPreviousPage'::text, coalesce(bool_or(p28.rank > 3), $14::BOOLEAN), 'startCursor'::text, CASE WHEN ((array_agg(p28.v1 ORDER BY p28.rank DESC) FILTER (WHERE p28.rank <= 3))[$15::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["TimelineEntry:OCCURRED_AT:ASC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p28.v2 ORDER BY p28.rank DESC) FILTER (WHERE p28.rank <= 3))[$16::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p28.v1 ORDER BY p28.rank DESC) FILTER (WHERE p28.rank <= 3))[$15::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END, 'endCursor'::text, CASE WHEN ((array_agg(p28.v3 ORDER BY p28.rank ASC) FILTER (WHERE p28.rank <= 3))[$17::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["TimelineEntry:OCCURRED_AT:ASC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p28.v4 ORDER BY p28.rank ASC) FILTER (WHERE p28.rank <= 3))[$18::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p28.v3 ORDER BY p28.rank ASC) FILTER (WHERE p28.rank <= 3))[$17::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
      FROM (
        SELECT row_number() OVER (ORDER BY t29.occurred_at DESC, t29.id DESC) AS rank, json_build_object('cursor'::text, translate(encode(convert_to(concat('["TimelineEntry:OCCURRED_AT:ASC",', concat('"', concat(replace(to_char(timezone('UTC', t29.occurred_at), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST(t29.id AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_'), 'node'::text, json_build_object('kind'::text, t29.kind, 'occurredAt'::text, t29.occurred_at, 'knownAt'::text, t29.known_at, 'body'::text, CASE WHEN $1::BOOLEAN THEN t29.body ELSE coalesce(t29.body_redacted, t29.body) END, 'url'::text, t29.url, 'sequence'::text, t29.sequence, 'retracted'::text, t29.retracted, 'deployment'::text, l32.value, 'hypothesis'::text, l35.value, 'revisions'::text, l41.value)) AS v0, t29.id AS v1, t29.occurred_at AS v2, t29.id AS v3, t29.occurred_at AS v4 
        FROM timeline_entry AS t29 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x31) AS value 
          FROM (
            SELECT 'dep_' || replace(CAST(t30.id AS TEXT), $19::VARCHAR, $20::VARCHAR) AS id, t30.sha AS sha 
            FROM deployment AS t30 
            WHERE t30.id = t29.deployment_id AND $5::BOOLEAN) AS x31) AS l32 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x34) AS value 
          FROM (
            SELECT t33.state AS state 
            FROM hypothesis AS t33 
            WHERE t33.id = t29.hypothesis_id AND $13::BOOLEAN) AS x34) AS l35 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT array_to_json(array((
            SELECT x40 
            FROM (
              SELECT t36.at AS at, l39.value AS by, t36.kind AS kind, t36.occurred_at AS "occurredAt", CASE WHEN $1::BOOLEAN THEN t36.body ELSE coalesce(t36.body_redacted, t36.body) END AS body 
              FROM timeline_revision AS t36 
              LEFT OUTER JOIN LATERAL (
                SELECT row_to_json(x38) AS value 
                FROM (
                  SELECT CASE WHEN $1::BOOLEAN THEN t37.name ELSE coalesce(replace($21::VARCHAR, $22::VARCHAR, (
                    SELECT team.name 
                    FROM team 
                    WHERE team.id = t37.team_id)), $23::VARCHAR) END AS name 
                  FROM person AS t37 
                  WHERE t37.id = t36.by_id AND $5::BOOLEAN) AS x38) AS l39 ON true 
              WHERE t36.entry_id = t29.id 
              ORDER BY t36.at, t36.id) AS x40))) AS value) AS l41 ON true 
        WHERE t29.incident_id = t1.id AND $13::BOOLEAN 
        ORDER BY t29.occurred_at DESC, t29.id DESC 
        LIMIT 4) AS p28) AS l43 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x57) AS value 
      FROM (
        SELECT t44.model AS model, t44.computed_at AS "computedAt", t44.not_a_deployment AS "notADeployment", l47.value AS linked, l56.value AS verdict 
        FROM attribution AS t44 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x46) AS value 
          FROM (
            SELECT 'dep_' || replace(CAST(t45.id AS TEXT), $24::VARCHAR, $25::VARCHAR) AS id, t45.repository AS repository, t45.sha AS sha 
            FROM deployment AS t45 
            WHERE t45.id = t44.linked_id AND $5::BOOLEAN) AS x46) AS l47 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x55) AS value 
          FROM (
            SELECT coalesce(to_json(t48.verdict_kind), '"\u0000"'::json) AS kind, coalesce(to_json(t48.verdict_at), '"\u0000"'::json) AS at, CASE WHEN $1::BOOLEAN THEN t48.verdict_reason ELSE coalesce(t48.verdict_reason_redacted, t48.verdict_reason) END AS reason, l51.value AS by, l54.value AS deployment 
            FROM attribution AS t48 
            LEFT OUTER JOIN LATERAL (
              SELECT row_to_json(x50) AS value 
              FROM (
                SELECT CASE WHEN $1::BOOLEAN THEN t49.name ELSE coalesce(replace($26::VARCHAR, $27::VARCHAR, (
                  SELECT team.name 
                  FROM team 
                  WHERE team.id = t49.team_id)), $28::VARCHAR) END AS name 
                FROM person AS t49 
                WHERE t49.id = t48.verdict_by_id AND $5::BOOLEAN) AS x50) AS l51 ON true 
            LEFT OUTER JOIN LATERAL (
              SELECT row_to_json(x53) AS value 
              FROM (
                SELECT 'dep_' || replace(CAST(t52.id AS TEXT), $29::VARCHAR, $30::VARCHAR) AS id 
                FROM deployment AS t52 
                WHERE t52.id = t48.verdict_deployment_id AND $5::BOOLEAN) AS x53) AS l54 ON true 
            WHERE t48.incident_id = t44.incident_id AND t48.verdict_kind IS NOT NULL) AS x55) AS l56 ON true 
        WHERE t44.incident_id = t1.id AND $13::BOOLEAN) AS x57) AS l58 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x70 
        FROM (
          SELECT t59.depth AS depth, CASE WHEN $1::BOOLEAN THEN t59.question ELSE coalesce(t59.question_redacted, t59.question) END AS question, CASE WHEN $1::BOOLEAN THEN t59.answer ELSE coalesce(t59.answer_redacted, t59.answer) END AS answer, l62.value AS parent, l66.value AS evidence, l69.value AS "actionItems" 
          FROM why AS t59 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x61) AS value 
            FROM (
              SELECT t60.depth AS depth 
              FROM why AS t60 
              WHERE t60.id = t59.parent_id AND $13::BOOLEAN) AS x61) AS l62 ON true 
          LEFT OUTER JOIN LATERAL (
            SELECT array_to_json(array((
              SELECT x65 
              FROM (
                SELECT CASE WHEN $1::BOOLEAN THEN t63.body ELSE coalesce(t63.body_redacted, t63.body) END AS body 
                FROM timeline_entry AS t63 
                JOIN why_evidence AS t64 ON t64.entry_id = t63.id 
                WHERE t64.why_id = t59.id AND $13::BOOLEAN 
                ORDER BY t63.occurred_at, t63.id) AS x65))) AS value) AS l66 ON true 
          LEFT OUTER JOIN LATERAL (
            SELECT array_to_json(array((
              SELECT x68 
              FROM (
                SELECT CASE WHEN $1::BOOLEAN THEN t67.title ELSE coalesce(t67.title_redacted, t67.title) END AS title 
                FROM action_item AS t67 
                WHERE t67.why_id = t59.id AND $13::BOOLEAN 
                ORDER BY t67.due_on, t67.id) AS x68))) AS value) AS l69 ON true 
          WHERE t59.incident_id = t1.id AND $13::BOOLEAN 
          ORDER BY t59.depth, t59.id) AS x70))) AS value) AS l71 ON true 
    WHERE t1.id = coalesce((
      SELECT incident.merged_into_id 
      FROM incident 
      WHERE incident.id = $31::UUID), $31::UUID) AND $13::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x72) AS r0
-- $1 = True
-- $2 = 'an engineer of team {team}'
-- $3 = '{team}'
-- $4 = 'an engineer'
-- $5 = True
-- $6 = '-'
-- $7 = ''
-- $8 = 'an engineer of team {team}'
-- $9 = '{team}'
-- $10 = 'an engineer'
-- $11 = '-'
-- $12 = ''
-- $13 = True
-- $14 = False
-- $15 = 1
-- $16 = 1
-- $17 = 1
-- $18 = 1
-- $19 = '-'
-- $20 = ''
-- $21 = 'an engineer of team {team}'
-- $22 = '{team}'
-- $23 = 'an engineer'
-- $24 = '-'
-- $25 = ''
-- $26 = 'an engineer of team {team}'
-- $27 = '{team}'
-- $28 = 'an engineer'
-- $29 = '-'
-- $30 = ''
-- $31 = UUID('10000000-0000-7000-8000-000000000001')
