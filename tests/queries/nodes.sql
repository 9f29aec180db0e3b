SELECT json_build_array((
  SELECT row_to_json(x5) AS row_to_json_1 
  FROM (
    SELECT 'Team'::text AS __typename, 'tea_' || replace(CAST(t1.id AS TEXT), $1::VARCHAR, $2::VARCHAR) AS id, t1.slug AS slug, l4.value AS lead 
    FROM team AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x3) AS value 
      FROM (
        SELECT CASE WHEN $3::BOOLEAN THEN t2.name ELSE coalesce(replace($4::VARCHAR, $5::VARCHAR, (
          SELECT team.name 
          FROM team 
          WHERE team.id = t2.team_id)), $6::VARCHAR) END AS name 
        FROM person AS t2 
        WHERE t2.id = t1.lead_id AND $7::BOOLEAN) AS x3) AS l4 ON true 
    WHERE t1.id = $8::UUID AND $7::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x5), (
  SELECT row_to_json(x7) AS row_to_json_2 
  FROM (
    SELECT 'Incident'::text AS __typename, 'inc_' || replace(CAST(t6.id AS TEXT), $9::VARCHAR, $10::VARCHAR) AS id, t6.number AS number, t6.severity AS severity 
    FROM incident AS t6 
    WHERE t6.id = $11::UUID AND $12::BOOLEAN 
    ORDER BY t6.id 
    LIMIT 1) AS x7), (
  SELECT row_to_json(x9) AS row_to_json_3 
  FROM (
    SELECT 'Service'::text AS __typename, 'svc_' || replace(CAST(t8.id AS TEXT), $13::VARCHAR, $14::VARCHAR) AS id 
    FROM service AS t8 
    WHERE t8.id = $15::UUID AND $7::BOOLEAN 
    ORDER BY t8.id 
    LIMIT 1) AS x9), (
  SELECT row_to_json(x11) AS row_to_json_4 
  FROM (
    SELECT 'Incident'::text AS __typename, 'inc_' || replace(CAST(t10.id AS TEXT), $16::VARCHAR, $17::VARCHAR) AS id, t10.number AS number, t10.severity AS severity 
    FROM incident AS t10 
    WHERE t10.id = $18::UUID AND $12::BOOLEAN 
    ORDER BY t10.id 
    LIMIT 1) AS x11)) AS r0
-- $1 = '-'
-- $2 = ''
-- $3 = True
-- $4 = 'an engineer of team {team}'
-- $5 = '{team}'
-- $6 = 'an engineer'
-- $7 = True
-- $8 = UUID('70000000-0000-7000-8000-000000000001')
-- $9 = '-'
-- $10 = ''
-- $11 = UUID('10000000-0000-7000-8000-000000000002')
-- $12 = True
-- $13 = '-'
-- $14 = ''
-- $15 = UUID('00000000-0000-0000-0000-000000000000')
-- $16 = '-'
-- $17 = ''
-- $18 = UUID('10000000-0000-7000-8000-000000000001')
