SELECT (
  SELECT l3.value 
  FROM LATERAL (
    SELECT json_build_object('nodes'::text, array_to_json(array((
      SELECT x2 
      FROM (
        SELECT t1.number AS number, CASE WHEN $1::BOOLEAN THEN t1.title ELSE coalesce(t1.title_redacted, t1.title) END AS title, t1.severity AS severity, t1.declared_at AS "declaredAt" 
        FROM incident AS t1 
        WHERE t1.merged_into_id IS NULL AND (t1.status != 'RESOLVED') = $2::BOOLEAN AND $3::BOOLEAN 
        ORDER BY t1.declared_at DESC, t1.id DESC 
        LIMIT 20) AS x2)))) AS value) AS l3) AS r0
-- $1 = True
-- $2 = True
-- $3 = True
