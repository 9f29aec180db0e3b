SELECT (
  SELECT row_to_json(x21) AS row_to_json_1 
  FROM (
    SELECT l20.value AS "actionItems" 
    FROM incident AS t1 
    LEFT OUTER JOIN LATERAL (
      SELECT json_build_object('nodes'::text, array_to_json(array((
        SELECT x19 
        FROM (
          SELECT CASE WHEN $1::BOOLEAN THEN t2.title ELSE coalesce(t2.title_redacted, t2.title) END AS title, l5.value AS ticket, (
            SELECT ticket.trouble 
            FROM ticket 
            WHERE ticket.action_item_id = t2.id) AS "ticketTrouble", l18.value AS changes 
          FROM action_item AS t2 
          LEFT OUTER JOIN LATERAL (
            SELECT row_to_json(x4) AS value 
            FROM (
              SELECT t3.integration AS provider, coalesce(to_json(t3.key), '"\u0000"'::json) AS key, coalesce(to_json(t3.url), '"\u0000"'::json) AS url, coalesce(to_json(t3.status), '"\u0000"'::json) AS status, coalesce(to_json(t3.synced_at), '"\u0000"'::json) AS "syncedAt" 
              FROM ticket AS t3 
              WHERE t3.action_item_id = t2.id AND t3.external_id IS NOT NULL) AS x4) AS l5 ON true 
          LEFT OUTER JOIN LATERAL (
            SELECT json_build_object('totalCount'::text, (
              SELECT count(*) AS count_1 
              FROM action_item_change AS t17 
              WHERE t17.action_item_id = t2.id), 'nodes'::text, array_to_json(array((
              SELECT x16 
              FROM (
                SELECT t6.at AS at, l9.value AS by, t6.source AS source, t6.field AS field, CASE WHEN $1::BOOLEAN THEN t6.before ELSE coalesce(t6.before_redacted, t6.before) END AS before, CASE WHEN $1::BOOLEAN THEN t6.after ELSE coalesce(t6.after_redacted, t6.after) END AS after, t6.overruled AS overruled, l12.value AS "ownerBefore", l15.value AS "ownerAfter" 
                FROM action_item_change AS t6 
                LEFT OUTER JOIN LATERAL (
                  SELECT row_to_json(x8) AS value 
                  FROM (
                    SELECT CASE WHEN $1::BOOLEAN THEN t7.name ELSE coalesce(replace($2::VARCHAR, $3::VARCHAR, (
                      SELECT team.name 
                      FROM team 
                      WHERE team.id = t7.team_id)), $4::VARCHAR) END AS name 
                    FROM person AS t7 
                    WHERE t7.id = t6.by_id AND $5::BOOLEAN) AS x8) AS l9 ON true 
                LEFT OUTER JOIN LATERAL (
                  SELECT row_to_json(x11) AS value 
                  FROM (
                    SELECT CASE WHEN $1::BOOLEAN THEN t10.name ELSE coalesce(replace($6::VARCHAR, $7::VARCHAR, (
                      SELECT team.name 
                      FROM team 
                      WHERE team.id = t10.team_id)), $8::VARCHAR) END AS name 
                    FROM person AS t10 
                    WHERE t10.id = t6.owner_before_id AND $5::BOOLEAN) AS x11) AS l12 ON true 
                LEFT OUTER JOIN LATERAL (
                  SELECT row_to_json(x14) AS value 
                  FROM (
                    SELECT CASE WHEN $1::BOOLEAN THEN t13.name ELSE coalesce(replace($9::VARCHAR, $10::VARCHAR, (
                      SELECT team.name 
                      FROM team 
                      WHERE team.id = t13.team_id)), $11::VARCHAR) END AS name 
                    FROM person AS t13 
                    WHERE t13.id = t6.owner_after_id AND $5::BOOLEAN) AS x14) AS l15 ON true 
                WHERE t6.action_item_id = t2.id 
                ORDER BY t6.at DESC, t6.id DESC 
                LIMIT 2) AS x16)))) AS value) AS l18 ON true 
          WHERE t2.incident_id = t1.id AND $12::BOOLEAN 
          ORDER BY t2.due_on ASC, t2.id ASC 
          LIMIT 10) AS x19)))) AS value) AS l20 ON true 
    WHERE t1.id = (
      SELECT coalesce(incident.merged_into_id, incident.id) AS key 
      FROM incident 
      WHERE incident.number = $13::INTEGER) AND $12::BOOLEAN 
    ORDER BY t1.id 
    LIMIT 1) AS x21) AS r0
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
-- $12 = True
-- $13 = 9001
