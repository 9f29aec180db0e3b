"""The board over HTTP, and PostgreSQL's own load generator running the same statement.

What the peer leaves out is all that a server is for: HTTP, GraphQL, and the way between the two.
"""

from __future__ import annotations

import asyncio
import os
import re
from asyncio.subprocess import PIPE
from math import ceil
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from sqlalchemy import text

from schema.build import build, graphql_schema
from schema.engine.compiler import Compiler, Request
from schema.engine.documents import Document, Documents
from server.store.database import Database, prepare
from server.store.embedded.binaries import find_binaries
from server.store.views.sight import binds_of
from tests.bench import cpu
from tests.bench.loaders_vs_strawberry import VIEWER
from tests.bench.measure import Databases, Effort, Result, Skipped
from tests.bench.race import CONNECTIONS, Side, Turn, race, under_load
from tests.bench.reads import BOARD, BOARD_VARIABLES
from tests.bench.servers import Question, ours

SCRIPT = """
\\if :prepared = 0
prepare board as {statement};
\\set prepared 1
\\endif
execute board({arguments});
"""
"""Each session prepares the statement once, as our server's sessions do."""

OF_SESSION = text("select name, setting from pg_settings where source = 'client'")


async def board_vs_pgbench(databases: Databases, effort: Effort) -> Result:
    """Boards a second.

    Raises:
        Skipped: there is no pgbench beside PostgreSQL.
    """
    program = find_binaries().folder / "pgbench"
    if not program.is_file():
        raise Skipped("there is no pgbench beside PostgreSQL's programs")
    postmaster = await cpu.postmaster(databases.large)
    session = await _session(databases.large)
    with TemporaryDirectory(prefix="whychain-") as folder:
        script = Path(folder) / "board.sql"
        script.write_text(board_script())
        async with ours(databases.large) as server:
            question = Question(BOARD, BOARD_VARIABLES)
            return await race(
                under_load(server, question, postmaster),
                _pgbench(program, script, databases.large, postmaster, session),
                effort,
            )


def board_script() -> str:
    """The board's one statement, with the values that our server binds for the board."""
    schema = graphql_schema()
    document = Documents(schema).read(BOARD)
    assert isinstance(document, Document), document
    compiler = Compiler(build(), schema, prepare)
    found = compiler.compiled(Request(document, None, BOARD_VARIABLES))
    assert found, "the board does not compile"
    values = found.statement.arguments({**binds_of(VIEWER), **found.binds})
    arguments = ", ".join(map(_literal, values))
    return SCRIPT.format(statement=found.statement.sql, arguments=arguments)


def _literal(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return str(value).lower()
        case str():
            return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"the board binds a value that has no literal here: {value!r}")


async def _session(url: str) -> str:
    """The settings of our server's sessions: what an answer looks like and costs hangs on them."""
    async with Database.connect(url) as database:
        settings = await database.fetch(OF_SESSION)
    return " ".join(f"-c {name}={setting}" for name, setting in settings)


def _pgbench(program: Path, script: Path, url: str, postmaster: int, session: str) -> Side:
    async def turn(seconds: float) -> Turn:
        before = cpu.seconds(postmaster)
        said = await _run(
            session,
            program,
            *("--no-vacuum", "--protocol=simple", "--progress=1", "--define=prepared=0"),
            # The first second, in which new sessions prepare and warm up, is not counted.
            *(f"--client={CONNECTIONS}", f"--time={1 + ceil(seconds)}", f"--file={script}", url),
        )
        spent = cpu.seconds(postmaster) - before
        _, *counted = map(float, re.findall(r"progress: .*?, ([\d.]+) tps", said))
        (answers,) = re.findall(r"actually processed: (\d+)", said)
        (latency,) = re.findall(r"latency average = ([\d.]+) ms", said)
        return Turn(fmean(counted), float(latency), 0.0, spent / int(answers) * 1000)

    return turn


async def _run(session: str, program: Path, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        program, *arguments, env={**os.environ, "PGOPTIONS": session}, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode() + err.decode()
