SELECT (
  SELECT l4.value 
  FROM LATERAL (
    SELECT json_build_object('totalCount'::text, (
      SELECT count(*) AS count_1 
      FROM incident AS t3 
      WHERE t3.merged_into_id IS NULL AND (t3.status != 'RESOLVED') = $1::BOOLEAN AND $2::BOOLEAN)) AS value) AS l4) AS r0
-- $1 = True
-- $2 = True
