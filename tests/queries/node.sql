SELECT (
  SELECT row_to_json(x5) AS row_to_json_1 
  FROM (
    SELECT 'ActionItem'::text AS __typename, 'act_' || replace(CAST(t1.id AS TEXT), $1::VARCHAR, $2::VARCHAR) AS id, CASE WHEN $3::BOOLEAN THEN t1.title ELSE coalesce(t1.title_redacted, t1.title) END AS title, t1.state AS state, coalesce(l4.value, '"\u0000"'::json) AS owner 
    FROM action_item AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT row_to_json(x3) AS value 
      FROM (
        SELECT CASE WHEN $3::BOOLEAN THEN t2.name ELSE coalesce(replace($4::VARCHAR, $5::VARCHAR, (
          SELECT team.name 
          FROM team 
          WHERE team.id = t2.team_id)), $6::VARCHAR) END AS name 
        FROM person AS t2 
        WHERE t2.id = t1.owner_id AND $7::BOOLEAN) AS x3) AS l4 ON true 
    WHERE t1.id = $8::UUID AND $9::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x5) AS r0
-- $1 = '-'
-- $2 = ''
-- $3 = True
-- $4 = 'an engineer of team {team}'
-- $5 = '{team}'
-- $6 = 'an engineer'
-- $7 = True
-- $8 = UUID('a0000000-0000-7000-8000-000000000001')
-- $9 = True
