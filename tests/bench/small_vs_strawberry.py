"""One deployment with its incidents over HTTP: our server, and plain Strawberry."""

from __future__ import annotations

from tests.bench.board_vs_strawberry import against_strawberry
from tests.bench.measure import Databases, Effort, Result
from tests.bench.reads import SMALL, SMALL_VARIABLES
from tests.bench.servers import Question


async def small_vs_strawberry(databases: Databases, effort: Effort) -> Result:
    """Requests a second for one deployment."""
    return await against_strawberry(databases, effort, Question(SMALL, SMALL_VARIABLES))
