"""What a post-mortem is: its states, and what stands between it and publication."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from server.domain.moments import MomentKind
from server.domain.why import WhyLack
from server.errors import ErrorCode, Problem
from server.term import Term

TEXTS = ("summary", "impact", "lessons")
"""What people write of it; the rest is told by the incident."""

MAX_TEXT = 50_000
"""Characters of each of these."""


class PostmortemState(Term):
    """How far a post-mortem has come."""

    DRAFT = "DRAFT", "It is being written."
    IN_REVIEW = "IN_REVIEW", "It is complete for its writers, and read by others."
    PUBLISHED = "PUBLISHED", "It is there for everybody, and stays as it is until it is reopened."


_MOVES: Mapping[PostmortemState, frozenset[PostmortemState]] = {
    PostmortemState.DRAFT: frozenset({PostmortemState.IN_REVIEW}),
    PostmortemState.IN_REVIEW: frozenset({PostmortemState.DRAFT, PostmortemState.PUBLISHED}),
    PostmortemState.PUBLISHED: frozenset({PostmortemState.DRAFT}),
}

_FIRST: Mapping[PostmortemState, str] = {
    PostmortemState.DRAFT: "It is a draft already.",
    PostmortemState.IN_REVIEW: "Only a draft is submitted to review.",
    PostmortemState.PUBLISHED: "Only what is in review is published. Submit it to review first.",
}


def check_move(current: PostmortemState, wanted: PostmortemState) -> tuple[Problem, ...]:
    """What forbids moving a post-mortem on to `wanted`, or back."""
    if wanted in _MOVES[current]:
        return ()
    return (Problem(ErrorCode.CONFLICT, f"It is {current}. {_FIRST[wanted]}"),)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a post-mortem can be published.

    `moments` are those of the seven that nothing tells, `lacks` what last answers of its why-chain
    lack; `findings` is how often its language is found not to be blameless; `took_part` says that
    its facilitator responded or was paged after all.
    """

    texts: Mapping[str, str | None]
    has_facilitator: bool
    took_part: bool
    moments: Collection[MomentKind]
    why_complete: bool
    lacks: Collection[WhyLack]
    action_items: int
    findings: int


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, of which part, and what to do. Some may be overridden."""

    part: str
    advice: str
    overridable: bool = False


def missing(standing: Standing) -> tuple[Gap, ...]:
    """Everything that stands between a post-mortem and its publication."""
    return (*_of_people(standing), *_of_texts(standing), *_of_account(standing))


def _of_people(standing: Standing) -> Iterator[Gap]:
    if not standing.has_facilitator:
        yield Gap("facilitator", "A facilitator: assign somebody who took no part in it.")
    elif standing.took_part:
        advice = "Another facilitator: this one turned out to have taken part in the response."
        yield Gap("facilitator", advice)


def _of_texts(standing: Standing) -> Iterator[Gap]:
    for name in TEXTS:
        if not standing.texts[name]:
            yield Gap(name, _WANTED[name])
    if standing.findings:
        yield Gap("language", _language(standing.findings), overridable=True)


def _of_account(standing: Standing) -> Iterator[Gap]:
    for moment in MomentKind:
        if moment in standing.moments:
            yield Gap("moments", f"A moment of the timeline: {moment.meaning}")
    if not standing.why_complete:
        yield Gap("whyChain", "A why-chain of which each branch ends at the system.")
    if WhyLack.NO_ACTION_ITEM in standing.lacks:
        advice = "For each last answer of the why-chain an action item, or a reason to accept it."
        yield Gap("whyChain", advice)
    if not standing.action_items:
        yield Gap("actionItems", "An action item: what will be different, and who sees to it.")


_WANTED = {
    "summary": "A summary: what happened, for somebody who was not there.",
    "impact": "The impact: who felt it, how, and for how long.",
    "lessons": "The lessons: what is known now about how the system works.",
}


def _language(findings: int) -> str:
    places = "one place" if findings == 1 else f"{findings} places"
    return f"Blameless language: {places} tell of people where the system is meant."


def check_publication(
    gaps: Collection[Gap], override_reason: str, *, by_facilitator: bool
) -> tuple[Problem, ...]:
    """What forbids publishing: each gap, but for those that the facilitator overrides."""
    if override_reason and not by_facilitator:
        message = "Only its facilitator overrides what stands against publication."
        return (Problem(ErrorCode.FORBIDDEN, message, ("overrideReason",)),)
    return tuple(
        Problem(ErrorCode.INVALID, f"Missing: {gap.advice}", (gap.part,))
        for gap in gaps
        if not (gap.overridable and override_reason)
    )
