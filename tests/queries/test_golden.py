"""What each golden query answers, and what it costs: a change of either shows in a diff."""

from __future__ import annotations

import pytest

from schema.engine.documents import Refused
from server.operation import Answer
from tests.queries.golden import Golden, goldens
from tests.queries.statements import Watching
from tests.schema.both_paths.answers import difference, parsed
from tests.schema.conftest import Graph


@pytest.mark.parametrize("golden", goldens(), ids=lambda each: each.path.stem)
async def test_the_answer_and_its_statement_are_as_written(
    golden: Golden, graph: Graph, watching: Watching
) -> None:
    document = graph.run.documents.read(golden.text)
    assert not isinstance(document, Refused), document.errors
    compiled = await graph.run.compiled(document, golden.operation, golden.viewer)
    assert isinstance(compiled, Answer), "The compiler left it to the resolvers."
    (sent,) = watching.sent
    resolved = await graph.run.resolved(document, golden.operation, golden.viewer)
    assert isinstance(resolved, Answer), resolved
    assert difference(parsed(resolved.body), parsed(compiled.body)) is None
    changed = golden.differences(compiled.body, str(sent))
    assert changed == [], "If that is meant: python -m tests.queries"
