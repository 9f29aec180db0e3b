"""What a why-chain is: trees of questions whose last answers speak of the system.

What its last answers lack is open: to be asked further, or to be acted on.

An incident may ask more than one first question (why it began, why it lasted), so a chain may
have several roots. A node keeps its parent for life, which is why no cycle can arise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from server.domain.blameless import LanguageFinding
from server.errors import ErrorCode, Problem
from server.term import Term

MAX_DEPTH = 15
"""How deep a chain may go: three times the five whys."""

MAX_NODES = 100


class WhyLack(Term):
    """What a last answer of a why-chain lacks."""

    HUMAN_ERROR = (
        "HUMAN_ERROR",
        "It gives a person as the cause: ask what made the step look right.",
    )
    NOT_SYSTEMIC = "NOT_SYSTEMIC", "It does not speak of the system yet: ask further."
    NO_ACTION_ITEM = "NO_ACTION_ITEM", "Nothing is done about it, and it is not accepted either."


@dataclass(frozen=True, slots=True)
class Why:
    """A node of a chain: depth 1 is a first question, `systemic` ends a branch well.

    `of_a_person`: its answer gives a person as the cause. `in_hand`: something is done about it, or
    it is accepted as it is.
    """

    id: UUID
    parent_id: UUID | None
    depth: int
    systemic: bool
    of_a_person: bool = False
    in_hand: bool = False

    @property
    def lack(self) -> WhyLack | None:
        """What it lacks to be a last answer."""
        if self.of_a_person:
            return WhyLack.HUMAN_ERROR
        if not self.systemic:
            return WhyLack.NOT_SYSTEMIC
        return None if self.in_hand else WhyLack.NO_ACTION_ITEM


def depth_below(parent: Why | None) -> int:
    """The depth of an answer to `parent`, or of a first question."""
    return parent.depth + 1 if parent else 1


def leaves(nodes: Collection[Why]) -> tuple[Why, ...]:
    """The nodes that no other node asks further, in the order given."""
    asked = {node.parent_id for node in nodes}
    return tuple(node for node in nodes if node.id not in asked)


def open_leaves(nodes: Collection[Why]) -> dict[UUID, WhyLack]:
    """What is left to do: the last answers that lack something, each with what."""
    return {leaf.id: lack for leaf in leaves(nodes) if (lack := leaf.lack)}


def complete(nodes: Collection[Why]) -> bool:
    """Whether there is a chain and each of its branches reached the system.

    What is done about it comes after: an action item that is missing leaves it complete.
    """
    return bool(nodes) and set(open_leaves(nodes).values()) <= {WhyLack.NO_ACTION_ITEM}


def check_systemic(findings: Collection[LanguageFinding]) -> tuple[Problem, ...]:
    """What forbids confirming that an answer, with these findings in it, speaks of the system."""
    if not findings:
        return ()
    advice = min(findings).advice
    message = f"{advice} An answer that gives a person as the cause is no end: ask it further."
    return (Problem(ErrorCode.INVALID, message, ("systemic",)),)


def check_acceptance(node: Why) -> tuple[Problem, ...]:
    """What forbids accepting an answer as it is."""
    if node.systemic and not node.of_a_person:
        return ()
    message = "Only an answer that speaks of the system can be accepted. Ask it further."
    return (Problem(ErrorCode.CONFLICT, message, ("id",)),)


def check_new(nodes: Collection[Why], parent_id: UUID | None) -> tuple[Problem, ...]:
    """What forbids adding a node under `parent_id`, or as a first question."""
    if len(nodes) >= MAX_NODES:
        message = f"A why-chain holds {MAX_NODES} answers. Edit or remove one instead."
        return (Problem(ErrorCode.TOO_MANY, message),)
    if parent_id is None:
        return ()
    parent = next((node for node in nodes if node.id == parent_id), None)
    if parent is None:
        message = "The parent is no answer of this incident's why-chain. Choose one that is."
        return (Problem(ErrorCode.NOT_FOUND, message, ("parent",)),)
    if parent.depth >= MAX_DEPTH:
        message = f"A why-chain goes {MAX_DEPTH} questions deep. Answer at system level by now."
        return (Problem(ErrorCode.TOO_MANY, message, ("parent",)),)
    return ()


def check_parent_kept(node: Why, parent_id: UUID | None) -> tuple[Problem, ...]:
    """What forbids naming `parent_id` while editing a node: it can only name its own."""
    if parent_id in (None, node.parent_id):
        return ()
    message = "An answer keeps its parent. Remove it and answer anew where it belongs."
    return (Problem(ErrorCode.CONFLICT, message, ("parent",)),)


def check_removal(nodes: Collection[Why], node_id: UUID) -> tuple[Problem, ...]:
    """What forbids removing a node: what it led to would hang in the air."""
    if all(node.id != node_id for node in nodes):
        message = "No such answer in this incident's why-chain."
        return (Problem(ErrorCode.NOT_FOUND, message, ("id",)),)
    if any(node.parent_id == node_id for node in nodes):
        message = "Other answers follow from it. Remove those first, from the end."
        return (Problem(ErrorCode.CONFLICT, message, ("id",)),)
    return ()


def check_chain(nodes: Collection[Why]) -> tuple[Problem, ...]:
    """What is wrong with a whole chain that came from elsewhere."""
    by_id = {node.id: node for node in nodes}
    problems = []
    if len(nodes) > MAX_NODES:
        message = f"A why-chain holds {MAX_NODES} answers, not {len(nodes)}."
        problems.append(Problem(ErrorCode.TOO_MANY, message))
    if len(by_id) != len(nodes):
        problems.append(Problem(ErrorCode.CONFLICT, "Two answers share one id."))
    problems += [problem for node in nodes for problem in _check_place(node, by_id)]
    return tuple(problems)


def _check_place(node: Why, by_id: Mapping[UUID, Why]) -> tuple[Problem, ...]:
    """A depth of one more than the parent's cannot hold all the way round a cycle."""
    if node.parent_id is not None and node.parent_id not in by_id:
        message = "The parent is missing from the why-chain."
        return (Problem(ErrorCode.NOT_FOUND, message, ("parent",)),)
    parent = by_id[node.parent_id] if node.parent_id is not None else None
    if node.depth != depth_below(parent):
        message = f"Its depth is {node.depth}, yet its parent makes it {depth_below(parent)}."
        return (Problem(ErrorCode.CONFLICT, message, ("depth",)),)
    if node.depth > MAX_DEPTH:
        message = f"A why-chain goes {MAX_DEPTH} questions deep, not {node.depth}."
        return (Problem(ErrorCode.TOO_MANY, message, ("depth",)),)
    return ()
