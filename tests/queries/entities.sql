SELECT array_to_json(array((
  SELECT x26.value 
  FROM (
    SELECT k1._place AS _place, l10.value AS value 
    FROM unnest($1::INTEGER[], $2::TEXT[] COLLATE "C", $3::TEXT[] COLLATE "C", $4::TEXT[] COLLATE "C") AS k1(_place, repository, sha, environment) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x9) AS value 
      FROM (
        SELECT 'Deployment'::text AS __typename, t2.status AS status, t2.finished_at AS "finishedAt", l8.value AS incidents 
        FROM deployment AS t2 
        LEFT OUTER JOIN LATERAL (
          SELECT array_to_json(array((
            SELECT x7 
            FROM (
              SELECT t3.probability AS probability, coalesce(l6.value, '"\u0000"'::json) AS incident 
              FROM suspect AS t3 
              LEFT OUTER JOIN LATERAL (
                SELECT row_to_json(x5) AS value 
                FROM (
                  SELECT t4.number AS number 
                  FROM incident AS t4 
                  WHERE t4.id = t3.incident_id AND $5::BOOLEAN) AS x5) AS l6 ON true 
              WHERE t3.deployment_id = t2.id AND t3.probability >= $6::FLOAT AND $5::BOOLEAN 
              ORDER BY t3.probability DESC, t3.incident_id) AS x7))) AS value) AS l8 ON true 
        WHERE t2.repository = k1.repository AND t2.sha = k1.sha AND t2.environment = k1.environment AND $7::BOOLEAN 
        ORDER BY t2.effective_at DESC, t2.id 
        LIMIT 1) AS x9) AS l10 ON true 
    UNION ALL SELECT k11._place AS _place, l14.value AS value 
    FROM unnest($8::INTEGER[], $9::UUID[]) AS k11(_place, id) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x13) AS value 
      FROM (
        SELECT 'Incident'::text AS __typename, CASE WHEN $10::BOOLEAN THEN t12.title ELSE coalesce(t12.title_redacted, t12.title) END AS title, t12.severity AS severity 
        FROM incident AS t12 
        WHERE t12.id = coalesce((
          SELECT incident.merged_into_id 
          FROM incident 
          WHERE incident.id = k11.id), k11.id) AND $5::BOOLEAN 
        ORDER BY t12.id 
        LIMIT 1) AS x13) AS l14 ON true 
    UNION ALL SELECT k15._place AS _place, l21.value AS value 
    FROM unnest($11::INTEGER[], $12::TEXT[] COLLATE "C", $13::INTEGER[]) AS k15(_place, repository, number) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x20) AS value 
      FROM (
        SELECT 'PullRequest'::text AS __typename, CASE WHEN $10::BOOLEAN THEN t16.title ELSE coalesce(t16.title_redacted, t16.title) END AS title, l19.value AS author 
        FROM pull_request AS t16 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x18) AS value 
          FROM (
            SELECT CASE WHEN $10::BOOLEAN THEN t17.name ELSE coalesce(replace($14::VARCHAR, $15::VARCHAR, (
              SELECT team.name 
              FROM team 
              WHERE team.id = t17.team_id)), $16::VARCHAR) END AS name 
            FROM person AS t17 
            WHERE t17.id = t16.author_id AND $7::BOOLEAN) AS x18) AS l19 ON true 
        WHERE t16.repository = k15.repository AND t16.number = k15.number AND $7::BOOLEAN 
        ORDER BY t16.id 
        LIMIT 1) AS x20) AS l21 ON true 
    UNION ALL SELECT k22._place AS _place, l25.value AS value 
    FROM unnest($17::INTEGER[], $18::TEXT[] COLLATE "C") AS k22(_place, slug) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x24) AS value 
      FROM (
        SELECT 'Service'::text AS __typename, t23.name AS name 
        FROM service AS t23 
        WHERE t23.slug = k22.slug AND $7::BOOLEAN 
        ORDER BY t23.name, t23.id 
        LIMIT 1) AS x24) AS l25 ON true) AS x26 
  ORDER BY x26._place))) AS r0
-- $1 = [0, 3, 5]
-- $2 = ['acme/checkout', 'acme/checkout', 'acme/checkout']
-- $3 = ['c0ffee0000000000000000000000000000000002', 'c0ffee0000000000000000000000000000000001', 'c0ffee0000000000000000000000000000000001']
-- $4 = ['production', 'staging', 'production']
-- $5 = True
-- $6 = 0.5
-- $7 = True
-- $8 = [1]
-- $9 = [UUID('10000000-0000-7000-8000-000000000001')]
-- $10 = True
-- $11 = [2]
-- $12 = ['acme/ledger']
-- $13 = [7]
-- $14 = 'an engineer of team {team}'
-- $15 = '{team}'
-- $16 = 'an engineer'
-- $17 = [4]
-- $18 = ['checkout']
