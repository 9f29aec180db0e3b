SELECT (
  SELECT row_to_json(x5) AS row_to_json_1 
  FROM (
    SELECT l4.value AS timeline 
    FROM incident AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT json_build_object('nodes'::text, coalesce(json_agg(p2.v0 ORDER BY p2.rank ASC) FILTER (WHERE p2.rank <= 2), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p2.rank > 2), $1::BOOLEAN), 'hasPreviousPage'::text, true, 'endCursor'::text, CASE WHEN ((array_agg(p2.v1 ORDER BY p2.rank DESC) FILTER (WHERE p2.rank <= 2))[$2::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["TimelineEntry:OCCURRED_AT:ASC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p2.v2 ORDER BY p2.rank DESC) FILTER (WHERE p2.rank <= 2))[$3::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p2.v1 ORDER BY p2.rank DESC) FILTER (WHERE p2.rank <= 2))[$2::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
      FROM (
        SELECT row_number() OVER (ORDER BY t3.occurred_at ASC, t3.id ASC) AS rank, json_build_object('id'::text, 'ent_' || replace(CAST(t3.id AS TEXT), $4::VARCHAR, $5::VARCHAR), 'kind'::text, t3.kind, 'occurredAt'::text, t3.occurred_at, 'recordedAt'::text, t3.recorded_at, 'body'::text, CASE WHEN $6::BOOLEAN THEN t3.body ELSE coalesce(t3.body_redacted, t3.body) END) AS v0, t3.id AS v1, t3.occurred_at AS v2 
        FROM timeline_entry AS t3 
        WHERE t3.incident_id = t1.id AND t3.kind = ANY ($7::TEXT[]) AND $8::BOOLEAN AND (t3.occurred_at, t3.id) > ($9::TIMESTAMP WITH TIME ZONE, $10::UUID) 
        ORDER BY t3.occurred_at ASC, t3.id ASC 
        LIMIT 3) AS p2) AS l4 ON true 
    WHERE t1.id = coalesce((
      SELECT incident.merged_into_id 
      FROM incident 
      WHERE incident.id = $11::UUID), $11::UUID) AND $8::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x5) AS r0
-- $1 = False
-- $2 = 1
-- $3 = 1
-- $4 = '-'
-- $5 = ''
-- $6 = True
-- $7 = ['ANOMALY', 'DECLARED', 'MITIGATION']
-- $8 = True
-- $9 = datetime.datetime(2026, 3, 1, 11, 49, tzinfo=datetime.timezone.utc)
-- $10 = UUID('e0000000-0000-7000-8000-000000000002')
-- $11 = UUID('10000000-0000-7000-8000-000000000001')
