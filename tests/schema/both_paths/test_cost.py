"""The cost of an operation is no guess: no answer holds more values than it says."""

from __future__ import annotations

from typing import Any

from schema.engine.documents import Document
from server.operation import Answer
from tests.schema.both_paths.answers import Pairs, parsed
from tests.schema.both_paths.operations import generated
from tests.schema.both_paths.stock import Stock
from tests.schema.conftest import ADMIN, Graph

DOCUMENTS = 120
LEAST_ANSWERS = 150


def values(answer: Any) -> int:
    """How many values stand in an answer: one for each name, however deep."""
    if isinstance(answer, Pairs):
        return sum(1 + values(value) for _, value in answer)
    return sum(map(values, answer)) if type(answer) is list else 0


async def test_no_answer_holds_more_values_than_its_operation_costs(
    graph: Graph, stock: Stock
) -> None:
    answers = 0
    for seed in range(DOCUMENTS):
        for operation in generated(seed, stock):
            document = graph.run.documents.read(operation.query)
            assert isinstance(document, Document)
            answer = await graph.run.compiled(document, operation, ADMIN)
            if isinstance(answer, Answer):
                answers += 1
                ((_, data),) = parsed(answer.body)
                cost = document.prices[operation.operation_name or ""].of(operation.variables)
                assert values(data) <= cost, operation
    assert answers >= LEAST_ANSWERS
