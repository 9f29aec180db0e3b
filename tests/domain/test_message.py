"""What a message's events add up to."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.observation import MessageEvent, MessageObserved
from server.domain.message import fold
from server.domain.timeline import MAX_BODY, TimelineKind
from tests.commands.said import ADA, ALAN, reacted, said

REMOVED = MessageEvent.REACTION_REMOVED

EVENTS: Sequence[MessageObserved] = (
    said("1", 1, "First @{U0ADA}", mentions=(ADA,)),
    said("1", 1, "Second @{U0ALAN}", event=MessageEvent.EDITED, then=3, mentions=(ALAN,)),
    reacted("1", 1, 2, "MITIGATION"),
    reacted("1", 1, 4, "RECOVERY", actor=ALAN),
    reacted("1", 1, 5, "RECOVERY", actor=ALAN, event=REMOVED),
    reacted("1", 1, 6, "NO_KIND", reaction="x"),
    reacted("1", 1, 7, None, reaction="y"),
)


@given(st.permutations(EVENTS), st.lists(st.sampled_from(EVENTS)))
def test_the_order_does_not_matter(
    events: list[MessageObserved], again: list[MessageObserved]
) -> None:
    found = fold([*events, *again])
    assert found is not None
    assert (found.text, found.author, found.kind) == (
        "Second @{U0ALAN}",
        ADA,
        TimelineKind.MITIGATION,
    )
    assert found.told
    assert found.mentioned == (ALAN,)


def test_the_latest_reaction_that_stands_counts() -> None:
    story = [EVENTS[0], *EVENTS[2:4]]
    assert [each.kind for n in (1, 2, 3) if (each := fold(story[:n]))] == [
        TimelineKind.MESSAGE,
        TimelineKind.MITIGATION,
        TimelineKind.RECOVERY,
    ]


@pytest.mark.parametrize("events", [[], [EVENTS[2]], [said("1", 1, event=MessageEvent.DELETED)]])
def test_what_nobody_quotes_is_no_message(events: list[MessageObserved]) -> None:
    assert fold(events) is None


def test_a_deletion_is_final_and_an_empty_text_tells_nothing() -> None:
    gone = said("1", 1, event=MessageEvent.DELETED, then=2)
    for events in ([*EVENTS, gone], [said("1", 1, " ")]):
        found = fold(events)
        assert found is not None
        assert not found.told


def test_a_body_is_no_longer_than_an_entry_may_be() -> None:
    found = fold([said("1", 1, "@{U0ADA}" * MAX_BODY, mentions=(ADA,))])
    assert found is not None
    body = found.body({("slack", "U0ADA"): "Ada"})
    assert (len(body), body[:8], body[-1]) == (MAX_BODY, "@Ada@Ada", "…")
