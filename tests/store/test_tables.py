"""Rules that every table keeps, asked of PostgreSQL itself."""

import importlib
import pkgutil
import re
from enum import StrEnum

from sqlalchemy import text

import server.domain
from server.store.database import Database

_FOREIGN_KEYS_WITHOUT_INDEX = text("""
    select k.conrelid::regclass || '.' || k.conname
    from pg_constraint k
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace and not exists (
        select from pg_index i
        where i.indrelid = k.conrelid and i.indpred is null
          and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
""")

_SORTED_TEXTS_NOT_IN_C = text("""
    select distinct c.relname || '.' || a.attname
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
    join pg_collation l on l.oid = a.attcollation
    where c.relnamespace = 'public'::regnamespace and l.collname <> 'C'
      and c.relname <> 'alembic_version'
""")

_CHECKS = text("""
    select conname, pg_get_constraintdef(oid)
    from pg_constraint
    where contype = 'c' and connamespace = 'public'::regnamespace
""")


async def test_every_foreign_key_has_an_index(database: Database) -> None:
    """Without one, deleting the row it points to reads the whole table."""
    found = await database.fetch(_FOREIGN_KEYS_WITHOUT_INDEX)
    assert [row[0] for row in found] == []


async def test_every_text_in_an_index_sorts_by_its_bytes(database: Database) -> None:
    """Cursors compare texts, and other collations change with the machine's libc."""
    found = await database.fetch(_SORTED_TEXTS_NOT_IN_C)
    assert [row[0] for row in found] == []


async def test_every_list_of_words_in_a_check_is_an_enum_of_the_domain(database: Database) -> None:
    enums = _enums_of_the_domain()
    lists = {
        name: frozenset(re.findall(r"'(\w+)'::text", check))
        for name, check in await database.fetch(_CHECKS)
        if "::text" in check
    }
    assert {"incident_severity_check", "action_item_kind_check"} < lists.keys()
    unknown = {name for name, words in lists.items() if words not in enums}
    assert unknown == set()


def _enums_of_the_domain() -> set[frozenset[str]]:
    found = set()
    for module in pkgutil.iter_modules(server.domain.__path__, "server.domain."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum):
                found.add(frozenset(term.value for term in thing))
    return found
