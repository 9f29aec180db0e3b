"""Prints how well each rule finds what it is for: `python -m tests.domain.blameless`."""

import sys
from collections.abc import Iterator

from tests.domain.blameless.examples import RULES, Example
from tests.domain.blameless.measure import measured

OPEN, HELD_BACK = False, True


def lines() -> Iterator[str]:
    """Both halves of the sentences; with --open what is wrong in the open half, too."""
    yield f"{'':16}{'open':>16}{'held back':>18}"
    yield f"{'':16}{'precision recall':>16}{'precision recall':>18}"
    for rule in RULES:
        halves = (measured(rule, held_back=half) for half in (OPEN, HELD_BACK))
        yield f"{rule:16}" + "  ".join(
            f"{each.precision:9.2f} {each.recall:6.2f}" for each in halves
        )
    if "--open" in sys.argv:
        for rule in RULES:
            yield from (_told(wrong) for wrong in measured(rule, held_back=OPEN).wrong)


def _told(example: Example) -> str:
    found = [each.text for each in example.found]
    wanted = [example.text[start:end] for start, end in example.spans]
    return f"{example.rule}: {example.text!r}: found {found}, wanted {wanted}"


sys.stdout.writelines(f"{line}\n" for line in lines())
