"""What stands between a post-mortem and its publication, and how it moves on."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from server.domain.moments import MomentKind
from server.domain.postmortem import (
    Gap,
    PostmortemState,
    Standing,
    check_move,
    check_publication,
    missing,
)
from server.domain.why import WhyLack
from server.errors import ErrorCode

DRAFT, IN_REVIEW, PUBLISHED = PostmortemState

WHOLE = Standing(
    texts={"summary": "s", "impact": "i", "lessons": "l"},
    has_facilitator=True,
    took_part=False,
    moments=(),
    why_complete=True,
    lacks=(),
    action_items=1,
    findings=0,
)


def parts(**changes: Any) -> list[str]:
    return [gap.part for gap in missing(replace(WHOLE, **changes))]


def test_nothing_is_missing_from_a_whole_one() -> None:
    assert parts() == []


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"has_facilitator": False}, "facilitator"),
        ({"took_part": True}, "facilitator"),
        ({"texts": {**WHOLE.texts, "summary": None}}, "summary"),
        ({"texts": {**WHOLE.texts, "impact": ""}}, "impact"),
        ({"texts": {**WHOLE.texts, "lessons": None}}, "lessons"),
        ({"moments": [MomentKind.ROOT_CAUSE]}, "moments"),
        ({"why_complete": False}, "whyChain"),
        ({"lacks": [WhyLack.NO_ACTION_ITEM]}, "whyChain"),
        ({"action_items": 0}, "actionItems"),
        ({"findings": 2}, "language"),
    ],
)
def test_each_part_is_missed(changes: dict[str, Any], part: str) -> None:
    assert parts(**changes) == [part]


def test_only_language_can_be_overridden() -> None:
    nothing = replace(
        WHOLE,
        texts=dict.fromkeys(WHOLE.texts),
        has_facilitator=False,
        moments=tuple(MomentKind),
        why_complete=False,
        action_items=0,
        findings=1,
    )
    assert {gap.part for gap in missing(nothing) if gap.overridable} == {"language"}
    assert {gap.part for gap in missing(nothing)} > {"facilitator", "moments", "actionItems"}


ALLOWED = {(DRAFT, IN_REVIEW), (IN_REVIEW, DRAFT), (IN_REVIEW, PUBLISHED), (PUBLISHED, DRAFT)}


@pytest.mark.parametrize(("current", "wanted"), [*product(PostmortemState, repeat=2)])
def test_it_moves_on_through_review(current: PostmortemState, wanted: PostmortemState) -> None:
    problems = check_move(current, wanted)
    assert (not problems) == ((current, wanted) in ALLOWED)
    assert all(each.code is ErrorCode.CONFLICT for each in problems)


LANGUAGE, LESSONS = Gap("language", "Say it otherwise.", overridable=True), Gap("lessons", "None.")


def test_each_gap_is_named() -> None:
    problems = check_publication([LESSONS, LANGUAGE], "", by_facilitator=True)
    assert [each.field for each in problems] == [("lessons",), ("language",)]


def test_a_reason_overrides_only_what_may_be() -> None:
    problems = check_publication([LESSONS, LANGUAGE], "It is a quote", by_facilitator=True)
    assert [each.field for each in problems] == [("lessons",)]
    (problem,) = check_publication([LANGUAGE], "It is a quote", by_facilitator=False)
    assert (problem.code, problem.field) == (ErrorCode.FORBIDDEN, ("overrideReason",))
