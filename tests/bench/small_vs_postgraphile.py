"""One deployment with its incidents over HTTP: our server, and PostGraphile 5."""

from __future__ import annotations

from tests.bench import postgraphile
from tests.bench.measure import Databases, Effort, Result
from tests.bench.reads import SMALL, SMALL_VARIABLES
from tests.bench.servers import Question


async def small_vs_postgraphile(databases: Databases, effort: Effort) -> Result:
    """Requests a second for one deployment."""
    question = Question(SMALL, SMALL_VARIABLES)
    theirs = Question(postgraphile.SMALL, SMALL_VARIABLES)
    return await postgraphile.against_postgraphile(databases, effort, question, theirs)
