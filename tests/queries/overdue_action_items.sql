SELECT (
  SELECT l15.value 
  FROM LATERAL (
    SELECT json_build_object('nodes'::text, coalesce(json_agg(p1.v0 ORDER BY p1.rank ASC) FILTER (WHERE p1.rank <= 25), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p1.rank > 25), $1::BOOLEAN), 'endCursor'::text, CASE WHEN ((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 25))[$2::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["ActionItem:DUE_ON:ASC",', concat('"', CAST((array_agg(p1.v2 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 25))[$3::INTEGER] AS TEXT), '"'), ',"', replace(CAST((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 25))[$2::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
    FROM (
      SELECT row_number() OVER (ORDER BY t2.due_on ASC, t2.id ASC) AS rank, json_build_object('id'::text, 'act_' || replace(CAST(t2.id AS TEXT), $4::VARCHAR, $5::VARCHAR), 'title'::text, CASE WHEN $6::BOOLEAN THEN t2.title ELSE coalesce(t2.title_redacted, t2.title) END, 'description'::text, CASE WHEN $6::BOOLEAN THEN t2.description ELSE coalesce(t2.description_redacted, t2.description) END, 'kind'::text, t2.kind, 'priority'::text, t2.priority, 'dueOn'::text, t2.due_on, 'state'::text, t2.state, 'overdue'::text, coalesce(to_json(t2.state = ANY ($7::TEXT[]) AND t2.due_on < CAST(timezone($8::VARCHAR, now()) AS DATE)), '"\u0000"'::json), 'completedAt'::text, t2.completed_at, 'owner'::text, coalesce(l8.value, '"\u0000"'::json), 'incident'::text, l11.value, 'why'::text, l14.value) AS v0, t2.id AS v1, t2.due_on AS v2 
      FROM action_item AS t2 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x7) AS value 
        FROM (
          SELECT CASE WHEN $6::BOOLEAN THEN t3.name ELSE coalesce(replace($9::VARCHAR, $10::VARCHAR, (
            SELECT team.name 
            FROM team 
            WHERE team.id = t3.team_id)), $11::VARCHAR) END AS name, l6.value AS team 
          FROM person AS t3 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x5) AS value 
            FROM (
              SELECT t4.slug AS slug 
              FROM team AS t4 
              WHERE t4.id = CASE WHEN $6::BOOLEAN THEN t3.team_id END AND $12::BOOLEAN) AS x5) AS l6 ON true 
          WHERE t3.id = t2.owner_id AND $12::BOOLEAN) AS x7) AS l8 ON true 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x10) AS value 
        FROM (
          SELECT t9.number AS number, CASE WHEN $6::BOOLEAN THEN t9.title ELSE coalesce(t9.title_redacted, t9.title) END AS title 
          FROM incident AS t9 
          WHERE t9.id = t2.incident_id AND $13::BOOLEAN) AS x10) AS l11 ON true 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x13) AS value 
        FROM (
          SELECT CASE WHEN $6::BOOLEAN THEN t12.question ELSE coalesce(t12.question_redacted, t12.question) END AS question 
          FROM why AS t12 
          WHERE t12.id = t2.why_id AND $13::BOOLEAN) AS x13) AS l14 ON true 
      WHERE (t2.state = ANY ($14::TEXT[]) AND t2.due_on < CAST(timezone($15::VARCHAR, now()) AS DATE)) = $16::BOOLEAN AND $13::BOOLEAN 
      ORDER BY t2.due_on ASC, t2.id ASC 
      LIMIT 26) AS p1) AS l15) AS r0
-- $1 = False
-- $2 = 1
-- $3 = 1
-- $4 = '-'
-- $5 = ''
-- $6 = True
-- $7 = ['OPEN', 'IN_PROGRESS', 'BLOCKED']
-- $8 = 'UTC'
-- $9 = 'an engineer of team {team}'
-- $10 = '{team}'
-- $11 = 'an engineer'
-- $12 = True
-- $13 = True
-- $14 = ['OPEN', 'IN_PROGRESS', 'BLOCKED']
-- $15 = 'UTC'
-- $16 = True
