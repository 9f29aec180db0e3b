SELECT (
  SELECT row_to_json(x26) AS row_to_json_1 
  FROM (
    SELECT CASE WHEN $1::BOOLEAN THEN t1.title ELSE coalesce(t1.title_redacted, t1.title) END AS title, l13.value AS responders, l25.value AS timeline 
    FROM incident AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT array_to_json(array((
        SELECT x12 
        FROM (
          SELECT coalesce(l11.value, '"\u0000"'::json) AS person, t2.role AS role 
          FROM responder AS t2 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x10) AS value 
            FROM (
              SELECT CASE WHEN $1::BOOLEAN THEN t3.name ELSE coalesce(replace($2::VARCHAR, $3::VARCHAR, (
                SELECT team.name 
                FROM team 
                WHERE team.id = t3.team_id)), $4::VARCHAR) END AS name, CASE WHEN $1::BOOLEAN THEN t3.email END AS email, l6.value AS team, l9.value AS identities 
              FROM person AS t3 
              LEFT OUTER JOIN LATERAL (
                SELECT row_to_json(x5) AS value 
                FROM (
                  SELECT t4.slug AS slug 
                  FROM team AS t4 
                  WHERE t4.id = CASE WHEN $1::BOOLEAN THEN t3.team_id END AND $5::BOOLEAN) AS x5) AS l6 ON true 
              LEFT OUTER JOIN LATERAL (
                SELECT array_to_json(array((
                  SELECT x8 
                  FROM (
                    SELECT t7.provider AS provider 
                    FROM identity AS t7 
                    WHERE t7.person_id = t3.id AND $1::BOOLEAN 
                    ORDER BY t7.provider, t7.external_id, t7.person_id) AS x8))) AS value) AS l9 ON true 
              WHERE t3.id = t2.person_id AND $5::BOOLEAN) AS x10) AS l11 ON true 
          WHERE t2.incident_id = t1.id 
          ORDER BY t2.role, t2.person_id) AS x12))) AS value) AS l13 ON true 
    LEFT OUTER JOIN LATERAL (
      SELECT json_build_object('nodes'::text, array_to_json(array((
        SELECT x24 
        FROM (
          SELECT CASE WHEN $1::BOOLEAN THEN t14.body ELSE coalesce(t14.body_redacted, t14.body) END AS body, l17.value AS actor, l23.value AS revisions 
          FROM timeline_entry AS t14 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x16) AS value 
            FROM (
              SELECT CASE WHEN $1::BOOLEAN THEN t15.name ELSE coalesce(replace($6::VARCHAR, $7::VARCHAR, (
                SELECT team.name 
                FROM team 
                WHERE team.id = t15.team_id)), $8::VARCHAR) END AS name 
              FROM person AS t15 
              WHERE t15.id = t14.actor_id AND $5::BOOLEAN) AS x16) AS l17 ON true 
          LEFT OUTER JOIN LATERAL (
            SELECT array_to_json(array((
              SELECT x22 
              FROM (
                SELECT CASE WHEN $1::BOOLEAN THEN t18.body ELSE coalesce(t18.body_redacted, t18.body) END AS body, l21.value AS by 
                FROM timeline_revision AS t18 
                LEFT OUTER JOIN LATERAL (
                  SELECT row_to_json(x20) AS value 
                  FROM (
                    SELECT CASE WHEN $1::BOOLEAN THEN t19.name ELSE coalesce(replace($9::VARCHAR, $10::VARCHAR, (
                      SELECT team.name 
                      FROM team 
                      WHERE team.id = t19.team_id)), $11::VARCHAR) END AS name 
                    FROM person AS t19 
                    WHERE t19.id = t18.by_id AND $5::BOOLEAN) AS x20) AS l21 ON true 
                WHERE t18.entry_id = t14.id 
                ORDER BY t18.at, t18.id) AS x22))) AS value) AS l23 ON true 
          WHERE t14.incident_id = t1.id AND t14.kind = ANY ($12::TEXT[]) AND $13::BOOLEAN 
          ORDER BY t14.occurred_at ASC, t14.id ASC 
          LIMIT 25) AS x24)))) AS value) AS l25 ON true 
    WHERE t1.id = (
      SELECT coalesce(incident.merged_into_id, incident.id) AS key 
      FROM incident 
      WHERE incident.number = $14::INTEGER) AND $13::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x26) AS r0
-- $1 = False
-- $2 = 'an engineer of team {team}'
-- $3 = '{team}'
-- $4 = 'an engineer'
-- $5 = True
-- $6 = 'an engineer of team {team}'
-- $7 = '{team}'
-- $8 = 'an engineer'
-- $9 = 'an engineer of team {team}'
-- $10 = '{team}'
-- $11 = 'an engineer'
-- $12 = ['NOTE']
-- $13 = True
-- $14 = 9001
