SELECT (
  SELECT l3.value 
  FROM LATERAL (
    SELECT json_build_object('nodes'::text, coalesce(json_agg(p1.v0 ORDER BY p1.rank ASC) FILTER (WHERE p1.rank <= 20), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p1.rank > 20), $1::BOOLEAN), 'endCursor'::text, CASE WHEN ((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 20))[$2::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["Delivery:RECEIVED_AT:DESC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p1.v2 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 20))[$3::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 20))[$2::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
    FROM (
      SELECT row_number() OVER (ORDER BY t2.received_at DESC, t2.id DESC) AS rank, json_build_object('id'::text, 'dlv_' || replace(CAST(t2.id AS TEXT), $4::VARCHAR, $5::VARCHAR), 'source'::text, t2.source, 'event'::text, t2.event, 'state'::text, t2.state, 'attempts'::text, t2.attempts, 'error'::text, t2.error, 'receivedAt'::text, t2.received_at, 'processedAt'::text, t2.processed_at) AS v0, t2.id AS v1, t2.received_at AS v2 
      FROM delivery AS t2 
      WHERE t2.state = $6::VARCHAR AND $7::BOOLEAN 
      ORDER BY t2.received_at DESC, t2.id DESC 
      LIMIT 21) AS p1) AS l3) AS r0
-- $1 = False
-- $2 = 1
-- $3 = 1
-- $4 = '-'
-- $5 = ''
-- $6 = 'PARKED'
-- $7 = True
