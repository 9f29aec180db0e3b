SELECT (
  SELECT l3.value 
  FROM LATERAL (
    SELECT json_build_object('edges'::text, coalesce(json_agg(p1.v0 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, false, 'hasPreviousPage'::text, coalesce(bool_or(p1.rank > 1), $1::BOOLEAN), 'startCursor'::text, CASE WHEN ((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1))[$2::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["Incident:SEVERITY:ASC",', CAST(to_json((array_agg(p1.v2 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1))[$3::INTEGER]) AS TEXT), ',"', replace(CAST((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1))[$2::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
    FROM (
      SELECT row_number() OVER (ORDER BY t2.severity DESC, t2.id DESC) AS rank, json_build_object('cursor'::text, translate(encode(convert_to(concat('["Incident:SEVERITY:ASC",', CAST(to_json(t2.severity) AS TEXT), ',"', replace(CAST(t2.id AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_'), 'node'::text, json_build_object('number'::text, t2.number, 'severity'::text, t2.severity)) AS v0, t2.id AS v1, t2.severity AS v2 
      FROM incident AS t2 
      WHERE t2.merged_into_id IS NULL AND $4::BOOLEAN 
      ORDER BY t2.severity DESC, t2.id DESC 
      LIMIT 2) AS p1) AS l3) AS r0
-- $1 = False
-- $2 = 1
-- $3 = 1
-- $4 = True
