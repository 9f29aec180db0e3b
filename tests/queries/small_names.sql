SELECT (
  SELECT l3.value 
  FROM LATERAL (
    SELECT json_build_object('nodes'::text, array_to_json(array((
      SELECT x2."the object" 
      FROM (
        SELECT json_build_object('a_name_of_sixty_four_letters_is_one_too_many_for_a_column_of_sql'::text, t1.slug, 'order'::text, t1.name) AS "the object" 
        FROM team AS t1 
        WHERE $1::BOOLEAN 
        ORDER BY t1.name ASC, t1.id ASC 
        LIMIT 1) AS x2)))) AS value) AS l3) AS r0
-- $1 = True
