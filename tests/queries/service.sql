SELECT (
  SELECT row_to_json(x25) AS row_to_json_1 
  FROM (
    SELECT 'svc_' || replace(CAST(t1.id AS TEXT), $1::VARCHAR, $2::VARCHAR) AS id, t1.name AS name, coalesce(to_json(array((
      SELECT service_source.external_id 
      FROM service_source 
      WHERE service_source.service_id = t1.id AND service_source.source = $3::VARCHAR COLLATE "C" 
      ORDER BY service_source.external_id))), '"\u0000"'::json) AS repositories, coalesce(to_json(array((
      SELECT service_source.external_id 
      FROM service_source 
      WHERE service_source.service_id = t1.id AND service_source.source = $4::VARCHAR COLLATE "C" 
      ORDER BY service_source.external_id))), '"\u0000"'::json) AS "pagerdutyServices", l7.value AS team, l15.value AS "dependsOn", l18.value AS deployments, l24.value AS incidents 
    FROM service AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x6) AS value 
      FROM (
        SELECT t2.name AS name, l5.value AS members 
        FROM team AS t2 
        LEFT OUTER JOIN LATERAL (
          SELECT array_to_json(array((
            SELECT x4 
            FROM (
              SELECT CASE WHEN $5::BOOLEAN THEN t3.name ELSE coalesce(replace($6::VARCHAR, $7::VARCHAR, (
                SELECT team.name 
                FROM team 
                WHERE team.id = t3.team_id)), $8::VARCHAR) END AS name 
              FROM person AS t3 
              WHERE t3.team_id = t2.id AND $9::BOOLEAN 
              ORDER BY CASE WHEN $5::BOOLEAN THEN t3.name ELSE coalesce(replace($10::VARCHAR, $11::VARCHAR, (
                SELECT team.name 
                FROM team 
                WHERE team.id = t3.team_id)), $12::VARCHAR) END, t3.id) AS x4))) AS value) AS l5 ON true 
        WHERE t2.id = t1.team_id AND $9::BOOLEAN) AS x6) AS l7 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x14 
        FROM (
          SELECT t8.slug AS slug, l13.value AS "dependsOn" 
          FROM service AS t8 
          JOIN service_dependency AS t9 ON t9.depends_on_id = t8.id 
          LEFT OUTER JOIN LATERAL (
            SELECT array_to_json(array((
              SELECT x12 
              FROM (
                SELECT t10.slug AS slug 
                FROM service AS t10 
                JOIN service_dependency AS t11 ON t11.depends_on_id = t10.id 
                WHERE t11.service_id = t8.id AND $9::BOOLEAN 
                ORDER BY t10.name, t10.id) AS x12))) AS value) AS l13 ON true 
          WHERE t9.service_id = t1.id AND $9::BOOLEAN 
          ORDER BY t8.name, t8.id) AS x14))) AS value) AS l15 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT json_build_object('nodes'::text, coalesce(json_agg(p16.v0 ORDER BY p16.rank ASC) FILTER (WHERE p16.rank <= 10), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p16.rank > 10), $13::BOOLEAN), 'endCursor'::text, CASE WHEN ((array_agg(p16.v1 ORDER BY p16.rank DESC) FILTER (WHERE p16.rank <= 10))[$14::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["Deployment:FINISHED_AT:DESC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p16.v2 ORDER BY p16.rank DESC) FILTER (WHERE p16.rank <= 10))[$15::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p16.v1 ORDER BY p16.rank DESC) FILTER (WHERE p16.rank <= 10))[$14::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
      FROM (
        SELECT row_number() OVER (ORDER BY t17.effective_at DESC, t17.id DESC) AS rank, json_build_object('id'::text, 'dep_' || replace(CAST(t17.id AS TEXT), $16::VARCHAR, $17::VARCHAR), 'sha'::text, t17.sha, 'environment'::text, t17.environment, 'status'::text, t17.status) AS v0, t17.id AS v1, t17.effective_at AS v2 
        FROM deployment AS t17 
        WHERE t17.service_id = t1.id AND $9::BOOLEAN 
        ORDER BY t17.effective_at DESC, t17.id DESC 
        LIMIT 11) AS p16) AS l18 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT json_build_object('totalCount'::text, (
        SELECT count(*) AS count_1 
        FROM incident AS t22 
        JOIN incident_service AS t23 ON t23.incident_id = t22.id 
        WHERE t23.service_id = t1.id AND $18::BOOLEAN), 'nodes'::text, array_to_json(array((
        SELECT x21 
        FROM (
          SELECT t19.number AS number, CASE WHEN $5::BOOLEAN THEN t19.title ELSE coalesce(t19.title_redacted, t19.title) END AS title, t19.status AS status 
          FROM incident AS t19 
          JOIN incident_service AS t20 ON t20.incident_id = t19.id 
          WHERE t20.service_id = t1.id AND $18::BOOLEAN 
          ORDER BY t19.declared_at DESC, t19.id DESC 
          LIMIT 5) AS x21)))) AS value) AS l24 ON true 
    WHERE t1.slug = $19::VARCHAR AND $9::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x25) AS r0
-- $1 = '-'
-- $2 = ''
-- $3 = 'repository'
-- $4 = 'pagerduty'
-- $5 = True
-- $6 = 'an engineer of team {team}'
-- $7 = '{team}'
-- $8 = 'an engineer'
-- $9 = True
-- $10 = 'an engineer of team {team}'
-- $11 = '{team}'
-- $12 = 'an engineer'
-- $13 = False
-- $14 = 1
-- $15 = 1
-- $16 = '-'
-- $17 = ''
-- $18 = True
-- $19 = 'checkout'
