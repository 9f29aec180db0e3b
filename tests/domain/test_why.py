"""Why-chains: trees that end at the system."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.why import (
    MAX_DEPTH,
    MAX_NODES,
    Why,
    WhyLack,
    check_chain,
    check_new,
    check_parent_kept,
    check_removal,
    complete,
    depth_below,
    leaves,
    open_leaves,
)
from server.errors import ErrorCode, Problem


def why(number: int, parent: Why | None = None, *, systemic: bool = False) -> Why:
    return Why(UUID(int=number), parent.id if parent else None, depth_below(parent), systemic)


def chain(length: int) -> list[Why]:
    nodes: list[Why] = []
    for number in range(length):
        nodes.append(why(number, nodes[-1] if nodes else None))
    return nodes


def told(problems: tuple[Problem, ...]) -> list[tuple[ErrorCode, tuple[str, ...]]]:
    return [(each.code, each.field) for each in problems]


def test_a_chain_is_complete_when_every_branch_reaches_the_system() -> None:
    root = why(1)
    review = why(2, root, systemic=True)
    alert = why(3, root)
    assert not complete([])
    assert not complete([root])
    assert complete([root, review])
    assert not complete([root, review, alert])
    assert complete([root, review, alert, why(4, alert, systemic=True)])


def test_an_answer_at_system_level_that_is_asked_further_is_no_end() -> None:
    root = why(1, systemic=True)
    assert not complete([root, why(2, root)])


def test_what_a_last_answer_lacks_is_told_the_worst_first() -> None:
    root = why(1, systemic=True)
    leaf = replace(why(2, root), of_a_person=True)
    assert open_leaves([root, leaf]) == {leaf.id: WhyLack.HUMAN_ERROR}
    leaf = replace(leaf, of_a_person=False)
    assert open_leaves([root, leaf]) == {leaf.id: WhyLack.NOT_SYSTEMIC}
    leaf = replace(leaf, systemic=True)
    assert open_leaves([root, leaf]) == {leaf.id: WhyLack.NO_ACTION_ITEM}
    assert complete([root, leaf])
    leaf = replace(leaf, in_hand=True)
    assert open_leaves([root, leaf]) == {}


def test_a_person_as_the_cause_completes_nothing() -> None:
    assert not complete([replace(why(1, systemic=True), of_a_person=True)])


def test_a_chain_may_have_several_first_questions() -> None:
    began, lasted = why(1, systemic=True), why(2)
    assert leaves([began, lasted]) == (began, lasted)
    assert not check_new([began], None)
    assert not complete([began, lasted])


def test_a_parent_of_another_chain_is_refused() -> None:
    assert told(check_new(chain(3), UUID(int=99))) == [(ErrorCode.NOT_FOUND, ("parent",))]


def test_a_chain_has_a_deepest_question() -> None:
    nodes = chain(MAX_DEPTH)
    assert not check_new(nodes, nodes[-2].id)
    assert told(check_new(nodes, nodes[-1].id)) == [(ErrorCode.TOO_MANY, ("parent",))]


def test_a_chain_has_a_largest_number_of_answers() -> None:
    root = why(0)
    nodes = [root, *(why(number, root) for number in range(1, MAX_NODES))]
    assert told(check_new(nodes, None)) == [(ErrorCode.TOO_MANY, ())]
    assert not check_new(nodes[:-1], root.id)


def test_an_answer_keeps_its_parent() -> None:
    root, child, grandchild = chain(3)
    assert not check_parent_kept(child, None)
    assert not check_parent_kept(child, root.id)
    for elsewhere in (child.id, grandchild.id):
        problems = check_parent_kept(child, elsewhere)
        assert told(problems) == [(ErrorCode.CONFLICT, ("parent",))]


def test_only_leaves_are_removed() -> None:
    root, child = chain(2)
    assert not check_removal([root, child], child.id)
    assert told(check_removal([root, child], root.id)) == [(ErrorCode.CONFLICT, ("id",))]
    assert told(check_removal([root], child.id)) == [(ErrorCode.NOT_FOUND, ("id",))]


def test_a_cycle_is_found_whatever_depths_it_claims() -> None:
    first, second = UUID(int=1), UUID(int=2)
    for depths in ((1, 2), (2, 1), (2, 3), (1, 1)):
        nodes = [Why(first, second, depths[0], True), Why(second, first, depths[1], True)]
        assert (ErrorCode.CONFLICT, ("depth",)) in told(check_chain(nodes))
    assert told(check_chain([Why(first, first, 2, True)])) == [(ErrorCode.CONFLICT, ("depth",))]


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([Why(UUID(int=1), UUID(int=9), 2, False)], (ErrorCode.NOT_FOUND, ("parent",))),
        ([Why(UUID(int=1), None, 2, False)], (ErrorCode.CONFLICT, ("depth",))),
        ([why(1), why(1)], (ErrorCode.CONFLICT, ())),
        (chain(MAX_DEPTH + 1), (ErrorCode.TOO_MANY, ("depth",))),
        ([why(number) for number in range(MAX_NODES + 1)], (ErrorCode.TOO_MANY, ())),
    ],
)
def test_a_chain_from_elsewhere_is_checked_whole(
    nodes: list[Why], expected: tuple[ErrorCode, tuple[str, ...]]
) -> None:
    assert told(check_chain(nodes)) == [expected]


LAW = settings(max_examples=30, deadline=None)
STEPS = st.lists(st.tuples(st.integers(0, MAX_NODES), st.booleans()), max_size=2 * MAX_NODES)


@LAW
@given(STEPS)
def test_whatever_the_checks_let_through_is_a_sound_chain(steps: list[tuple[int, bool]]) -> None:
    nodes: list[Why] = []
    for number, (choice, removes) in enumerate(steps):
        target = nodes[choice % len(nodes)] if nodes and choice else None
        if removes and target is not None:
            if not check_removal(nodes, target.id):
                nodes.remove(target)
        elif not check_new(nodes, target.id if target else None):
            nodes.append(why(number, target))
    assert not check_chain(nodes)
    assert bool(leaves(nodes)) == bool(nodes)
    assert complete([replace(node, systemic=True) for node in nodes]) == bool(nodes)
