"""Both paths give the same answer to whatever is asked: generated operations, several viewers."""

from __future__ import annotations

import pprint
from collections import Counter
from random import Random

import pytest

from server.domain.viewer import Scope, Viewer
from server.operation import Operation
from tests.schema.both_paths.operations import generated
from tests.schema.both_paths.shrinking import shrunk
from tests.schema.both_paths.stock import Stock
from tests.schema.both_paths.verdicts import Outcome, Verdict, verdict
from tests.schema.conftest import ADMIN, Graph

BATCHES = 12
DOCUMENTS = 120
"""Documents of a batch. Those with variables are two operations, with other values."""


LEAST_COMPILED = 0.9
MOST_ERRORS = 0.3
"""Viewers without rights are refused at most roots, and ids of no type at any; few others fail."""


def viewer(*scopes: Scope) -> Viewer:
    return Viewer("token:other", "other", frozenset(scopes))


VIEWERS = (
    *(ADMIN for _ in range(6)),
    *(viewer(Scope.INCIDENTS_READ) for _ in range(6)),
    *(viewer(Scope.DEPLOYMENTS_READ), viewer(Scope.DEPLOYMENTS_READ, Scope.PEOPLE_READ)),
    viewer(),
)


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_both_paths_give_the_same_answers(graph: Graph, stock: Stock, batch: int) -> None:
    outcomes = Counter[Outcome]()
    for seed in range(batch * DOCUMENTS, (batch + 1) * DOCUMENTS):
        who = Random(seed).choice(VIEWERS)
        for operation in generated(seed, stock):
            found = await verdict(graph, operation, who)
            outcomes[found.outcome] += 1
            if found.outcome in (Outcome.WRONG, Outcome.INVALID):
                pytest.fail(await _told(graph, seed, operation, who, found), pytrace=False)
    answered = outcomes[Outcome.EQUAL] + outcomes[Outcome.LEFT]
    assert outcomes[Outcome.EQUAL] >= LEAST_COMPILED * answered, outcomes
    assert outcomes[Outcome.ERRORS] <= MOST_ERRORS * outcomes.total(), outcomes


async def _told(graph: Graph, seed: int, operation: Operation, who: Viewer, found: Verdict) -> str:
    """The fault, shown on the smallest operation that has it."""

    async def fails(smaller: Operation) -> bool:
        return (await verdict(graph, smaller, who)).kind == found.kind

    small = operation if found.outcome is Outcome.INVALID else await shrunk(operation, fails)
    small_verdict = await verdict(graph, small, who)
    return "\n".join(
        [
            f"seed {seed}, viewer with {sorted(who.scopes) or 'no rights'}",
            small_verdict.words,
            small.query,
            pprint.pformat(dict(small.variables)),
        ]
    )
