SELECT (
  SELECT l4.value 
  FROM LATERAL (
    SELECT json_build_object('edges'::text, coalesce(json_agg(p1.v0 ORDER BY p1.rank ASC) FILTER (WHERE p1.rank <= 25), '[]'::json), 'totalCount'::text, (
      SELECT count(*) AS count_1 
      FROM delivery AS t3 
      WHERE t3.received_at > $1::TIMESTAMP WITH TIME ZONE AND t3.received_at < $2::TIMESTAMP WITH TIME ZONE AND t3.source = $3::VARCHAR AND $4::BOOLEAN)) AS value 
    FROM (
      SELECT row_number() OVER (ORDER BY t2.received_at DESC, t2.id DESC) AS rank, json_build_object('cursor'::text, translate(encode(convert_to(concat('["Delivery:RECEIVED_AT:DESC",', concat('"', concat(replace(to_char(timezone('UTC', t2.received_at), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST(t2.id AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_'), 'node'::text, json_build_object('event'::text, t2.event, 'state'::text, t2.state, 'receivedAt'::text, t2.received_at)) AS v0 
      FROM delivery AS t2 
      WHERE t2.received_at > $1::TIMESTAMP WITH TIME ZONE AND t2.received_at < $2::TIMESTAMP WITH TIME ZONE AND t2.source = $3::VARCHAR AND $4::BOOLEAN 
      ORDER BY t2.received_at DESC, t2.id DESC 
      LIMIT 26) AS p1) AS l4) AS r0
-- $1 = datetime.datetime(2026, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
-- $2 = datetime.datetime(2026, 3, 2, 0, 0, tzinfo=datetime.timezone.utc)
-- $3 = 'github'
-- $4 = True
