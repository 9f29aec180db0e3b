"""An operation run on both paths, and what comes of it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import Enum, auto

from schema.engine.documents import Refused
from server.domain.viewer import Viewer
from server.operation import Answer, Operation, Refusal
from tests.schema.both_paths.answers import difference, parsed
from tests.schema.conftest import Graph

MOST_WORDS = 2_000
DEEPEST_FRAMES = -5


class Outcome(Enum):
    """What the two paths made of an operation."""

    EQUAL = auto()
    LEFT = auto()
    """An answer without errors, which the compiler left to the resolvers."""
    ERRORS = auto()
    """Errors of the resolvers, which the compiler left to them."""
    INVALID = auto()
    """The document was refused before either path."""
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome; of a wrong one, what is wrong."""

    outcome: Outcome
    words: str = ""

    @property
    def kind(self) -> str:
        """What a smaller operation has to share to show the same fault."""
        return f"{self.outcome.name} {self.words.partition(':')[0]}"


async def verdict(graph: Graph, operation: Operation, viewer: Viewer) -> Verdict:
    """Run an operation on both paths, and compare."""
    document = graph.run.documents.read(operation.query)
    if isinstance(document, Refused):
        return Verdict(Outcome.INVALID, document.errors[0].message)
    try:
        compiled = await graph.run.compiled(document, operation, viewer)
    except Exception as fault:  # noqa: BLE001  # whatever it is, it is the engine's
        trace = "".join(traceback.format_tb(fault.__traceback__, DEEPEST_FRAMES))
        words = f"{type(fault).__name__} of the compiler: {fault}"[:MOST_WORDS]
        return Verdict(Outcome.WRONG, f"{words}\n{trace}")
    resolved = await graph.run.resolved(document, operation, viewer)
    if not isinstance(resolved, Answer):
        return _of_errors(resolved.errors, compiled)
    if resolved.partial:
        return _of_errors(resolved.body, compiled)
    if compiled is None:
        return Verdict(Outcome.LEFT)
    if isinstance(compiled, Refusal):
        return Verdict(Outcome.WRONG, f"Refused by the compiler: {compiled.errors.decode()}")
    return _of_both(resolved.body, compiled.body)


def _of_errors(errors: bytes, compiled: Answer | Refusal | None) -> Verdict:
    if compiled is not None:
        return Verdict(Outcome.WRONG, f"Answered in spite of {errors.decode()}")
    if b'"INTERNAL"' in errors:
        return Verdict(Outcome.WRONG, f"Fault of the resolvers: {errors.decode()}")
    return Verdict(Outcome.ERRORS)


def _of_both(resolved: bytes, compiled: bytes) -> Verdict:
    try:
        answer = parsed(compiled)
    except ValueError as bad:
        return Verdict(Outcome.WRONG, f"Unreadable, {bad}: {compiled!r}")
    found = difference(parsed(resolved), answer)
    if found is None:
        return Verdict(Outcome.EQUAL)
    return Verdict(Outcome.WRONG, f"Differing (resolved and compiled): {found}")
