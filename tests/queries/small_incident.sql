SELECT (
  SELECT row_to_json(x2) AS row_to_json_1 
  FROM (
    SELECT t1.status AS status 
    FROM incident AS t1 
    WHERE t1.id = (
      SELECT coalesce(incident.merged_into_id, incident.id) AS key 
      FROM incident 
      WHERE incident.number = $1::INTEGER) AND $2::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x2) AS r0
-- $1 = 9002
-- $2 = True
