SELECT (
  SELECT l26.value 
  FROM LATERAL (
    SELECT json_build_object('nodes'::text, coalesce(json_agg(p1.v0 ORDER BY p1.rank ASC) FILTER (WHERE p1.rank <= 1), '[]'::json), 'pageInfo'::text, json_build_object('hasNextPage'::text, coalesce(bool_or(p1.rank > 1), $1::BOOLEAN), 'hasPreviousPage'::text, true, 'endCursor'::text, CASE WHEN ((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1))[$2::INTEGER] IS NOT NULL) THEN translate(encode(convert_to(concat('["Deployment:FINISHED_AT:DESC",', concat('"', concat(replace(to_char(timezone('UTC', (array_agg(p1.v2 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1))[$3::INTEGER]), 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''), '+00:00'), '"'), ',"', replace(CAST((array_agg(p1.v1 ORDER BY p1.rank DESC) FILTER (WHERE p1.rank <= 1))[$2::INTEGER] AS TEXT), '-', ''), '"]'), 'UTF8'), 'base64'), E'+/=\n', '-_') END)) AS value 
    FROM (
      SELECT row_number() OVER (ORDER BY t2.effective_at DESC, t2.id DESC) AS rank, json_build_object('id'::text, 'dep_' || replace(CAST(t2.id AS TEXT), $4::VARCHAR, $5::VARCHAR), 'repository'::text, t2.repository, 'sha'::text, t2.sha, 'ref'::text, CASE WHEN $6::BOOLEAN THEN t2.ref ELSE coalesce(t2.ref_redacted, t2.ref) END, 'status'::text, t2.status, 'startedAt'::text, t2.started_at, 'finishedAt'::text, t2.finished_at, 'url'::text, t2.url, 'service'::text, l5.value, 'deployer'::text, l8.value, 'rollbackOf'::text, l11.value, 'pullRequests'::text, l25.value) AS v0, t2.id AS v1, t2.effective_at AS v2 
      FROM deployment AS t2 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x4) AS value 
        FROM (
          SELECT t3.slug AS slug 
          FROM service AS t3 
          WHERE t3.id = t2.service_id AND $7::BOOLEAN) AS x4) AS l5 ON true 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x7) AS value 
        FROM (
          SELECT CASE WHEN $6::BOOLEAN THEN t6.name ELSE coalesce(replace($8::VARCHAR, $9::VARCHAR, (
            SELECT team.name 
            FROM team 
            WHERE team.id = t6.team_id)), $10::VARCHAR) END AS name 
          FROM person AS t6 
          WHERE t6.id = t2.deployer_id AND $7::BOOLEAN) AS x7) AS l8 ON true 
      LEFT OUTER JOIN LATERAL (
        SELECT row_to_json(x10) AS value 
        FROM (
          SELECT t9.sha AS sha 
          FROM deployment AS t9 
          WHERE t9.id = t2.rollback_of_id AND $7::BOOLEAN) AS x10) AS l11 ON true 
      LEFT OUTER JOIN LATERAL (
        SELECT array_to_json(array((
          SELECT x24 
          FROM (
            SELECT t12.number AS number, CASE WHEN $6::BOOLEAN THEN t12.title ELSE coalesce(t12.title_redacted, t12.title) END AS title, l16.value AS author, l19.value AS "mergedBy", t12.merged_at AS "mergedAt", t12.additions AS additions, t12.deletions AS deletions, t12.changed_files AS "changedFiles", l23.value AS "dependsOn" 
            FROM pull_request AS t12 
            JOIN deployment_pull_request AS t13 ON t13.pull_request_id = t12.id 
            LEFT OUTER JOIN LATERAL (
              SELECT row_to_json(x15) AS value 
              FROM (
                SELECT CASE WHEN $6::BOOLEAN THEN t14.name ELSE coalesce(replace($11::VARCHAR, $12::VARCHAR, (
                  SELECT team.name 
                  FROM team 
                  WHERE team.id = t14.team_id)), $13::VARCHAR) END AS name 
                FROM person AS t14 
                WHERE t14.id = t12.author_id AND $7::BOOLEAN) AS x15) AS l16 ON true 
            LEFT OUTER JOIN LATERAL (
              SELECT row_to_json(x18) AS value 
              FROM (
                SELECT CASE WHEN $6::BOOLEAN THEN t17.name ELSE coalesce(replace($14::VARCHAR, $15::VARCHAR, (
                  SELECT team.name 
                  FROM team 
                  WHERE team.id = t17.team_id)), $16::VARCHAR) END AS name 
                FROM person AS t17 
                WHERE t17.id = t12.merged_by_id AND $7::BOOLEAN) AS x18) AS l19 ON true 
            LEFT OUTER JOIN LATERAL (
              SELECT array_to_json(array((
                SELECT x22 
                FROM (
                  SELECT t20.repository AS repository, t20.number AS number 
                  FROM pull_request AS t20 
                  JOIN pull_request_dependency AS t21 ON t21.depends_on_id = t20.id 
                  WHERE t21.pull_request_id = t12.id AND $7::BOOLEAN 
                  ORDER BY t20.number, t20.id) AS x22))) AS value) AS l23 ON true 
            WHERE t13.deployment_id = t2.id AND $7::BOOLEAN 
            ORDER BY t12.number, t12.id) AS x24))) AS value) AS l25 ON true 
      WHERE t2.environment = ANY ($17::TEXT[]) AND $7::BOOLEAN AND (t2.effective_at, t2.id) < ($18::TIMESTAMP WITH TIME ZONE, $19::UUID) 
      ORDER BY t2.effective_at DESC, t2.id DESC 
      LIMIT 2) AS p1) AS l26) AS r0
-- $1 = False
-- $2 = 1
-- $3 = 1
-- $4 = '-'
-- $5 = ''
-- $6 = True
-- $7 = True
-- $8 = 'an engineer of team {team}'
-- $9 = '{team}'
-- $10 = 'an engineer'
-- $11 = 'an engineer of team {team}'
-- $12 = '{team}'
-- $13 = 'an engineer'
-- $14 = 'an engineer of team {team}'
-- $15 = '{team}'
-- $16 = 'an engineer'
-- $17 = ['production']
-- $18 = datetime.datetime(2026, 3, 1, 12, 14, 30, 500000, tzinfo=datetime.timezone.utc)
-- $19 = UUID('d0000000-0000-7000-8000-000000000002')
