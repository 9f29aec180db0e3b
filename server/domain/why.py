"""What a why-chain is: trees of questions whose last answers speak of the system.

An incident may ask more than one first question (why it began, why it lasted), so a chain may
have several roots. A node keeps its parent for life, which is why no cycle can arise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from server.errors import ErrorCode, Problem

MAX_DEPTH = 15
"""How deep a chain may go: three times the five whys."""

MAX_NODES = 100


@dataclass(frozen=True, slots=True)
class Why:
    """A node of a chain: depth 1 is a first question, `systemic` ends a branch well."""

    id: UUID
    parent_id: UUID | None
    depth: int
    systemic: bool


def depth_below(parent: Why | None) -> int:
    """The depth of an answer to `parent`, or of a first question."""
    return parent.depth + 1 if parent else 1


def leaves(nodes: Collection[Why]) -> tuple[Why, ...]:
    """The nodes that no other node asks further, in the order given."""
    asked = {node.parent_id for node in nodes}
    return tuple(node for node in nodes if node.id not in asked)


def complete(nodes: Collection[Why]) -> bool:
    """Whether there is a chain and each of its branches reached the system."""
    return bool(nodes) and all(leaf.systemic for leaf in leaves(nodes))


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
