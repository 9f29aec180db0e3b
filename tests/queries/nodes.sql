SELECT array_to_json(array((
  SELECT x16.value 
  FROM (
    SELECT k1._place AS _place, l4.value AS value 
    FROM unnest($1::INTEGER[], $2::UUID[]) AS k1(_place, id) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x3) AS value 
      FROM (
        SELECT 'Incident'::text AS __typename, 'inc_' || replace(CAST(t2.id AS TEXT), $3::VARCHAR, $4::VARCHAR) AS id, t2.number AS number, t2.severity AS severity 
        FROM incident AS t2 
        WHERE t2.id = coalesce((
          SELECT incident.merged_into_id 
          FROM incident 
          WHERE incident.id = k1.id), k1.id) AND $5::BOOLEAN 
        ORDER BY t2.id 
        LIMIT 1) AS x3) AS l4 ON true 
    UNION ALL SELECT k5._place AS _place, l8.value AS value 
    FROM unnest($6::INTEGER[], $7::UUID[]) AS k5(_place, id) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x7) AS value 
      FROM (
        SELECT 'Service'::text AS __typename, 'svc_' || replace(CAST(t6.id AS TEXT), $8::VARCHAR, $9::VARCHAR) AS id 
        FROM service AS t6 
        WHERE t6.id = k5.id AND $10::BOOLEAN 
        ORDER BY t6.name, t6.id 
        LIMIT 1) AS x7) AS l8 ON true 
    UNION ALL SELECT k9._place AS _place, l15.value AS value 
    FROM unnest($11::INTEGER[], $12::UUID[]) AS k9(_place, id) 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x14) AS value 
      FROM (
        SELECT 'Team'::text AS __typename, 'tea_' || replace(CAST(t10.id AS TEXT), $13::VARCHAR, $14::VARCHAR) AS id, t10.slug AS slug, l13.value AS lead 
        FROM team AS t10 
        LEFT OUTER JOIN LATERAL (
          SELECT row_to_json(x12) AS value 
          FROM (
            SELECT CASE WHEN $15::BOOLEAN THEN t11.name ELSE coalesce(replace($16::VARCHAR, $17::VARCHAR, (
              SELECT team.name 
              FROM team 
              WHERE team.id = t11.team_id)), $18::VARCHAR) END AS name 
            FROM person AS t11 
            WHERE t11.id = t10.lead_id AND $10::BOOLEAN) AS x12) AS l13 ON true 
        WHERE t10.id = k9.id AND $10::BOOLEAN 
        ORDER BY t10.id 
        LIMIT 1) AS x14) AS l15 ON true) AS x16 
  ORDER BY x16._place))) AS r0
-- $1 = [1, 3]
-- $2 = [UUID('10000000-0000-7000-8000-000000000002'), UUID('10000000-0000-7000-8000-000000000001')]
-- $3 = '-'
-- $4 = ''
-- $5 = True
-- $6 = [2]
-- $7 = [UUID('00000000-0000-0000-0000-000000000000')]
-- $8 = '-'
-- $9 = ''
-- $10 = True
-- $11 = [0]
-- $12 = [UUID('70000000-0000-7000-8000-000000000001')]
-- $13 = '-'
-- $14 = ''
-- $15 = True
-- $16 = 'an engineer of team {team}'
-- $17 = '{team}'
-- $18 = 'an engineer'
