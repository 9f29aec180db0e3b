SELECT to_json('Query'::text) AS r0
