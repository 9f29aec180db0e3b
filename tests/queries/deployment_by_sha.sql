SELECT (
  SELECT row_to_json(x8) AS row_to_json_1 
  FROM (
    SELECT 'dep_' || replace(CAST(t1.id AS TEXT), $1::VARCHAR, $2::VARCHAR) AS id, t1.status AS status, t1.environment AS environment, t1.finished_at AS "finishedAt", l7.value AS incidents 
    FROM deployment AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x6 
        FROM (
          SELECT t2.probability AS probability, t2.verdict AS verdict, coalesce(l5.value, '"\u0000"'::json) AS incident 
          FROM suspect AS t2 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x4) AS value 
            FROM (
              SELECT 'inc_' || replace(CAST(t3.id AS TEXT), $3::VARCHAR, $4::VARCHAR) AS id, t3.number AS number, CASE WHEN $5::BOOLEAN THEN t3.title ELSE coalesce(t3.title_redacted, t3.title) END AS title, t3.severity AS severity, t3.status AS status 
              FROM incident AS t3 
              WHERE t3.id = t2.incident_id AND $6::BOOLEAN) AS x4) AS l5 ON true 
          WHERE t2.deployment_id = t1.id AND t2.probability >= $7::FLOAT AND $6::BOOLEAN 
          ORDER BY t2.probability DESC, t2.incident_id) AS x6))) AS value) AS l7 ON true 
    WHERE t1.repository = $8::VARCHAR AND t1.sha = lower($9::VARCHAR) AND $10::BOOLEAN 
    ORDER BY t1.environment ~* $11::VARCHAR COLLATE "C" DESC, t1.effective_at DESC, t1.id 
    LIMIT 1) AS x8) AS r0
-- $1 = '-'
-- $2 = ''
-- $3 = '-'
-- $4 = ''
-- $5 = False
-- $6 = True
-- $7 = 0.5
-- $8 = 'acme/checkout'
-- $9 = 'C0FFEE0000000000000000000000000000000001'
-- $10 = True
-- $11 = '^\\s*((production|prod|live)\\s*$|(production|prod)[-_])'
