SELECT (
  SELECT l34.value 
  FROM LATERAL (
    SELECT json_build_object('nodes'::text, array_to_json(array((
      SELECT x33 
      FROM (
        SELECT 'inc_' || replace(CAST(t1.id AS TEXT), $1::VARCHAR, $2::VARCHAR) AS id, t1.number AS number, CASE WHEN $3::BOOLEAN THEN t1.title ELSE coalesce(t1.title_redacted, t1.title) END AS title, t1.severity AS severity, t1.status AS status, t1.declared_at AS "declaredAt", t1.resolved_at AS "resolvedAt", t1.time_to_resolve AS "timeToResolve", l5.value AS services, l11.value AS timeline, coalesce(l23.value, '"\u0000"'::json) AS attribution, json_build_object('complete'::text, t1.why_complete, 'nodes'::text, l26.value) AS "whyChain", l32.value AS "actionItems" 
        FROM incident AS t1 
        LEFT OUTER JOIN LATERAL (
          SELECT array_to_json(array((
            SELECT x4 
            FROM (
              SELECT t2.slug AS slug, t2.name AS name 
              FROM service AS t2 
              JOIN incident_service AS t3 ON t3.service_id = t2.id 
              WHERE t3.incident_id = t1.id AND $4::BOOLEAN 
              ORDER BY t2.name, t2.id) AS x4))) AS value) AS l5 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT json_build_object('nodes'::text, coalesce(json_agg(p6.v0 ORDER BY p6.rank ASC) FILTER (WHERE p6.rank <= 50), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p6.rank > 50), $5::BOOLEAN), 'endCursor'::text, CASE WHEN ((array_agg(p6.v1 ORDER BY p6.rank DESC) FILTER (WHERE p6.rank <= 50))[$6::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["TimelineEntry:OCCURRED_AT:ASC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p6.v2 ORDER BY p6.rank DESC) FILTER (WHERE p6.rank <= 50))[$7::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p6.v1 ORDER BY p6.rank DESC) FILTER (WHERE p6.rank <= 50))[$6::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
          FROM (
            SELECT row_number() OVER (ORDER BY t7.occurred_at ASC, t7.id ASC) AS rank, json_build_object('id'::text, 'ent_' || replace(CAST(t7.id AS TEXT), $8::VARCHAR, $9::VARCHAR), 'kind'::text, t7.kind, 'occurredAt'::text, t7.occurred_at, 'body'::text, CASE WHEN $3::BOOLEAN THEN t7.body ELSE coalesce(t7.body_redacted, t7.body) END, 'source'::text, t7.source, 'actor'::text, l10.value) AS v0, t7.id AS v1, t7.occurred_at AS v2 
            FROM timeline_entry AS t7 
            LEFT OUTER JOIN LATERAL (
              SELECT row_to_json(x9) AS value 
              FROM (
                SELECT CASE WHEN $3::BOOLEAN THEN t8.name ELSE coalesce(replace($10::VARCHAR, $11::VARCHAR, (
                  SELECT team.name 
                  FROM team 
                  WHERE team.id = t8.team_id)), $12::VARCHAR) END AS name 
                FROM person AS t8 
                WHERE t8.id = t7.actor_id AND $4::BOOLEAN) AS x9) AS l10 ON true 
            WHERE t7.incident_id = t1.id AND $13::BOOLEAN 
            ORDER BY t7.occurred_at ASC, t7.id ASC 
            LIMIT 51) AS p6) AS l11 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x22) AS value 
          FROM (
            SELECT t12.not_a_deployment AS "notADeployment", l21.value AS candidates 
            FROM attribution AS t12 
            LEFT OUTER JOIN LATERAL (
              SELECT array_to_json(array((
                SELECT x20 
                FROM (
                  SELECT t13.rank AS rank, t13.probability AS probability, l16.value AS evidence, coalesce(l19.value, '"\u0000"'::json) AS deployment 
                  FROM attribution_candidate AS t13 
                  LEFT OUTER JOIN LATERAL (
                    SELECT array_to_json(array((
                      SELECT x15 
                      FROM (
                        SELECT e14[$14::TEXT] AS kind, e14[$15::TEXT] AS detail, e14[$16::TEXT] AS contribution 
                        FROM jsonb_array_elements(CASE WHEN $3::BOOLEAN THEN t13.evidence ELSE coalesce(t13.evidence_redacted, t13.evidence) END) AS e14) AS x15))) AS value) AS l16 ON true 
                  LEFT OUTER JOIN LATERAL (
                    SELECT row_to_json(x18) AS value 
                    FROM (
                      SELECT t17.repository AS repository, t17.sha AS sha, t17.environment AS environment, t17.status AS status, t17.finished_at AS "finishedAt" 
                      FROM deployment AS t17 
                      WHERE t17.id = t13.deployment_id AND $4::BOOLEAN) AS x18) AS l19 ON true 
                  WHERE t13.incident_id = t12.incident_id AND t13.rank <= $17::INTEGER 
                  ORDER BY t13.rank, t13.deployment_id) AS x20))) AS value) AS l21 ON true 
            WHERE t12.incident_id = t1.id AND $13::BOOLEAN) AS x22) AS l23 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT array_to_json(array((
            SELECT x25 
            FROM (
              SELECT t24.depth AS depth, CASE WHEN $3::BOOLEAN THEN t24.question ELSE coalesce(t24.question_redacted, t24.question) END AS question, CASE WHEN $3::BOOLEAN THEN t24.answer ELSE coalesce(t24.answer_redacted, t24.answer) END AS answer, t24.systemic AS systemic 
              FROM why AS t24 
              WHERE t24.incident_id = t1.id AND $13::BOOLEAN 
              ORDER BY t24.depth, t24.id) AS x25))) AS value) AS l26 ON true 
        LEFT OUTER JOIN LATERAL (
          SELECT json_build_object('nodes'::text, array_to_json(array((
            SELECT x31 
            FROM (
              SELECT CASE WHEN $3::BOOLEAN THEN t27.title ELSE coalesce(t27.title_redacted, t27.title) END AS title, t27.state AS state, t27.priority AS priority, t27.due_on AS "dueOn", coalesce(l30.value, '"\u0000"'::json) AS owner 
              FROM action_item AS t27 
              LEFT OUTER JOIN LATERAL (
                SELECT row_to_json(x29) AS value 
                FROM (
                  SELECT CASE WHEN $3::BOOLEAN THEN t28.name ELSE coalesce(replace($18::VARCHAR, $19::VARCHAR, (
                    SELECT team.name 
                    FROM team 
                    WHERE team.id = t28.team_id)), $20::VARCHAR) END AS name 
                  FROM person AS t28 
                  WHERE t28.id = t27.owner_id AND $4::BOOLEAN) AS x29) AS l30 ON true 
              WHERE t27.incident_id = t1.id AND $13::BOOLEAN 
              ORDER BY t27.due_on ASC, t27.id ASC 
              LIMIT 10) AS x31)))) AS value) AS l32 ON true 
        WHERE t1.merged_into_id IS NULL AND $13::BOOLEAN 
        ORDER BY t1.declared_at DESC, t1.id DESC 
        LIMIT 20) AS x33)))) AS value) AS l34) AS r0
-- $1 = '-'
-- $2 = ''
-- $3 = True
-- $4 = True
-- $5 = False
-- $6 = 1
-- $7 = 1
-- $8 = '-'
-- $9 = ''
-- $10 = 'an engineer of team {team}'
-- $11 = '{team}'
-- $12 = 'an engineer'
-- $13 = True
-- $14 = 'kind'
-- $15 = 'detail'
-- $16 = 'contribution'
-- $17 = 3
-- $18 = 'an engineer of team {team}'
-- $19 = '{team}'
-- $20 = 'an engineer'
