"""What PostgreSQL itself says a database consists of, for comparing two databases.

Columns are compared by name and not by place: a column that was added later stands last.
"""

import asyncpg

_COLUMNS = """
select c.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), 'collate ' || l.collname,
                 case when a.attnotnull then 'not null' end,
                 'identity ' || nullif(a.attidentity::text, ''),
                 'generated ' || nullif(a.attgenerated::text, ''),
                 'default ' || pg_get_expr(d.adbin, d.adrelid),
                 'comment ' || col_description(c.oid, a.attnum))
from pg_attribute a
join pg_class c on c.oid = a.attrelid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
left join pg_collation l on l.oid = a.attcollation
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
  and a.attnum > 0 and not a.attisdropped and c.relname <> 'alembic_version'
"""

_CONSTRAINTS = """
select c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
from pg_constraint k
join pg_class c on c.oid = k.conrelid
where k.connamespace = 'public'::regnamespace and c.relname <> 'alembic_version'
"""

_INDEXES = """
select tablename || '.' || indexname, indexdef
from pg_indexes
where schemaname = 'public' and tablename <> 'alembic_version'
"""

_THE_REST = """
select 'table ' || relname, concat_ws(' ', relkind::text, obj_description(oid, 'pg_class'))
from pg_class
where relnamespace = 'public'::regnamespace and relname <> 'alembic_version'
  and relkind not in ('i', 'I', 't')
union all
select 'trigger ' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
union all
select 'function ' || oid::regprocedure, prosrc
from pg_proc where pronamespace = 'public'::regnamespace
union all
select 'type ' || t.typname, coalesce(string_agg(e.enumlabel, ' ' order by e.enumsortorder), '')
from pg_type t left join pg_enum e on e.enumtypid = t.oid
where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd')
group by t.typname
union all
select 'extension ' || extname, '' from pg_extension
"""


async def catalog(url: str) -> dict[str, str]:
    """Each thing in the database's own schema, by name, with its definition.

    `alembic_version` and the schema of the job queue, which is not ours, are left out.
    """
    connection = await asyncpg.connect(url)
    try:
        return {
            row[0]: row[1]
            for query in (_COLUMNS, _CONSTRAINTS, _INDEXES, _THE_REST)
            for row in await connection.fetch(query)
        }
    finally:
        await connection.close()
