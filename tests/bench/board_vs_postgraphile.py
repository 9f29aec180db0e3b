"""The board over HTTP: our server, and PostGraphile 5."""

from __future__ import annotations

from tests.bench import postgraphile
from tests.bench.measure import Databases, Effort, Result
from tests.bench.reads import BOARD, BOARD_VARIABLES
from tests.bench.servers import Question


async def board_vs_postgraphile(databases: Databases, effort: Effort) -> Result:
    """Requests a second for a whole board."""
    question = Question(BOARD, BOARD_VARIABLES)
    theirs = Question(postgraphile.BOARD, BOARD_VARIABLES)
    return await postgraphile.against_postgraphile(databases, effort, question, theirs)
