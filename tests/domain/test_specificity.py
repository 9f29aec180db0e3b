"""What titles of action items leave open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.action_item import MAX_TITLE
from server.domain.specificity import Missing, check_specificity
from tests.domain.action_item_titles import HELD_BACK, OPEN_HALF


def missing(title: str) -> list[Missing]:
    return [finding.missing for finding in check_specificity(title)]


@pytest.mark.parametrize("title", OPEN_HALF[0])
def test_a_vague_title_is_found(title: str) -> None:
    assert missing(title)


@pytest.mark.parametrize("title", OPEN_HALF[1])
def test_a_specific_title_is_left_alone(title: str) -> None:
    assert missing(title) == []


def test_most_titles_that_the_rules_never_saw_are_told_apart() -> None:
    vague, specific = HELD_BACK
    found = sum(bool(missing(title)) for title in vague)
    wrong = sum(bool(missing(title)) for title in specific)
    assert found / (found + wrong) >= 0.8, "precision"
    assert found / len(vague) >= 0.8, "recall"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Improve our DDL review process", [Missing.WHAT, Missing.WHERE, Missing.DONE_WHEN]),
        ("Add more tests to the login service", [Missing.WHAT, Missing.DONE_WHEN]),
        ("Reject what has no expiry date", [Missing.WHERE]),
        ("Everyone should disable unused flags in the config service", [Missing.OWNER]),
        ("Improve alerting of orders-db by paging when the pool is full", []),
    ],
)
def test_each_thing_is_missed_by_itself(title: str, expected: list[Missing]) -> None:
    assert missing(title) == expected


def test_each_finding_asks_for_something() -> None:
    findings = check_specificity("Better monitoring")
    assert all(finding.advice.endswith((".", "?")) for finding in findings)


@given(st.text(max_size=MAX_TITLE))
def test_any_text_can_be_checked(title: str) -> None:
    found = missing(title)
    assert found == sorted(set(found), key=list(Missing).index)
