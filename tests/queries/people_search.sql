SELECT (
  SELECT l10.value 
  FROM LATERAL (
    SELECT json_build_object('totalCount'::text, (
      SELECT count(*) AS count_1 
      FROM person AS t9 
      WHERE strpos(lower(coalesce(CASE WHEN $1::BOOLEAN THEN t9.name ELSE coalesce(replace($2::VARCHAR, $3::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t9.team_id)), $4::VARCHAR) END, $5::VARCHAR)), lower($6::VARCHAR)) > $7::INTEGER AND $8::BOOLEAN), 'edges'::text, coalesce(json_agg(p1.v0 ORDER BY p1.rank ASC) FILTER (WHERE p1.rank <= 2), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p1.rank > 2), $9::BOOLEAN), 'endCursor'::text, CASE WHEN ((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 2))[$10::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["Person:NAME:ASC",', CAST(to_json((array_agg(p1.v2 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 2))[$11::INTEGER]) AS TEXT), ',"', replace(CAST((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 2))[$10::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
    FROM (
      SELECT row_number() OVER (ORDER BY CASE WHEN $1::BOOLEAN THEN t2.name ELSE coalesce(replace($12::VARCHAR, $13::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t2.team_id)), $14::VARCHAR) END ASC, t2.id ASC) AS rank, json_build_object('cursor'::text, translate(encode(convert_to(concat('["Person:NAME:ASC",', CAST(to_json(CASE WHEN $1::BOOLEAN THEN t2.name ELSE coalesce(replace($15::VARCHAR, $16::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t2.team_id)), $17::VARCHAR) END) AS TEXT), ',"', replace(CAST(t2.id AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_'), 'node'::text, json_build_object('id'::text, 'per_' || replace(CAST(t2.id AS TEXT), $18::VARCHAR, $19::VARCHAR), 'name'::text, CASE WHEN $1::BOOLEAN THEN t2.name ELSE coalesce(replace($20::VARCHAR, $21::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t2.team_id)), $22::VARCHAR) END, 'email'::text, CASE WHEN $1::BOOLEAN THEN t2.email END, 'team'::text, l5.value, 'identities'::text, l8.value)) AS v0, t2.id AS v1, CASE WHEN $1::BOOLEAN THEN t2.name ELSE coalesce(replace($23::VARCHAR, $24::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t2.team_id)), $25::VARCHAR) END AS v2 
      FROM person AS t2 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x4) AS value 
        FROM (
          SELECT t3.name AS name 
          FROM team AS t3 
          WHERE t3.id = CASE WHEN $1::BOOLEAN THEN t2.team_id END AND $8::BOOLEAN) AS x4) AS l5 ON true 
      LEFT OUTER JOIN LATERAL (
        SELECT array_to_json(array((
          SELECT x7 
          FROM (
            SELECT t6.provider AS provider, t6.external_id AS "externalId", t6.handle AS handle 
            FROM identity AS t6 
            WHERE t6.person_id = t2.id AND $1::BOOLEAN 
            ORDER BY t6.provider, t6.external_id, t6.person_id) AS x7))) AS value) AS l8 ON true 
      WHERE strpos(lower(coalesce(CASE WHEN $1::BOOLEAN THEN t2.name ELSE coalesce(replace($26::VARCHAR, $27::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t2.team_id)), $28::VARCHAR) END, $29::VARCHAR)), lower($6::VARCHAR)) > $30::INTEGER AND $8::BOOLEAN 
      ORDER BY CASE WHEN $1::BOOLEAN THEN t2.name ELSE coalesce(replace($12::VARCHAR, $13::VARCHAR, (
        SELECT team.name 
        FROM team 
        WHERE team.id = t2.team_id)), $14::VARCHAR) END ASC, t2.id ASC 
      LIMIT 3) AS p1) AS l10) AS r0
-- $1 = True
-- $2 = 'an engineer of team {team}'
-- $3 = '{team}'
-- $4 = 'an engineer'
-- $5 = ''
-- $6 = 'EXAMPLE'
-- $7 = 0
-- $8 = True
-- $9 = False
-- $10 = 1
-- $11 = 1
-- $12 = 'an engineer of team {team}'
-- $13 = '{team}'
-- $14 = 'an engineer'
-- $15 = 'an engineer of team {team}'
-- $16 = '{team}'
-- $17 = 'an engineer'
-- $18 = '-'
-- $19 = ''
-- $20 = 'an engineer of team {team}'
-- $21 = '{team}'
-- $22 = 'an engineer'
-- $23 = 'an engineer of team {team}'
-- $24 = '{team}'
-- $25 = 'an engineer'
-- $26 = 'an engineer of team {team}'
-- $27 = '{team}'
-- $28 = 'an engineer'
-- $29 = ''
-- $30 = 0
