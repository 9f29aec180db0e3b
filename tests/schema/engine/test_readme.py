"""The README's example: it runs, and answers what it says."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import asyncpg
import orjson
import pytest

import schema.engine

README = Path(schema.engine.__file__).with_name("README.md")

LIBRARY = """
create table author (id uuid primary key, name text not null);
create table book (id uuid primary key, title text not null, year integer not null,
                   author_id uuid not null references author);
insert into author values (md5('m')::uuid, 'Mary Shelley'), (md5('j')::uuid, 'Jules Verne');
insert into book values
    (md5('f')::uuid, 'Frankenstein', 1818, md5('m')::uuid),
    (md5('l')::uuid, 'The Last Man', 1826, md5('m')::uuid),
    (md5('v')::uuid, 'Around the World in Eighty Days', 1872, md5('j')::uuid);
"""


def block(language: str) -> str:
    """The one block of code in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def example(nothing_declared: None, tmp_path: Path) -> Iterator[ModuleType]:
    """The example as a module: its annotations are resolved in one."""
    file = tmp_path / "example_of_the_readme.py"
    file.write_text(block("python"), "utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = sys.modules[file.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[file.stem]


async def test_the_example_answers_what_the_readme_says(
    example: ModuleType, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute(LIBRARY)
    await connection.close()
    fetched: list[object] = []
    fetch = example.Postgres.fetch

    async def counting(self: object, statement: object, /, **binds: object) -> object:
        fetched.append(statement)
        return await fetch(self, statement, **binds)

    monkeypatch.setattr(example.Postgres, "fetch", counting)
    answer = await example.ask(empty_database_url, block("graphql"))
    assert answer == orjson.loads(block("json"))
    assert len(fetched) == 5
