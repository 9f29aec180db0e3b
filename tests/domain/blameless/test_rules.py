"""What each rule finds, and what it lets pass."""

import re

import pytest

from server.domain.blameless import LanguageRule, LanguageRuleError, built_in_rules, findings
from server.domain.redaction import people_in
from tests.domain.blameless.examples import PEOPLE, RULES, Example, examples
from tests.domain.blameless.measure import measured

OPEN = [each for each in examples() if not each.held_back]


def told(text: str) -> list[tuple[str, str]]:
    found = findings(text, people_in(text, PEOPLE))
    return [(each.rule, each.text) for each in found]


def test_every_rule_has_its_sentences() -> None:
    assert [rule.name for rule in built_in_rules()] == list(RULES)
    for rule in RULES:
        its = [each for each in examples() if each.rule == rule]
        assert len(its) >= 44
        assert abs(sum(bool(each.spans) for each in its) - len(its) / 2) <= 2
        assert abs(sum(each.held_back for each in its) - len(its) / 2) <= 2


@pytest.mark.parametrize("example", OPEN, ids=lambda each: f"{each.rule}: {each.text}")
def test_a_rule_finds_what_it_is_for_and_nothing_else(example: Example) -> None:
    assert example.hit if example.spans else not example.found


@pytest.mark.parametrize("rule", RULES)
def test_a_measure_counts_every_sentence(rule: str) -> None:
    half = measured(rule, held_back=True)
    assert half.hits + half.misses >= 10
    assert 0 < half.recall <= 1
    assert 0 < half.precision <= 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Root cause: human error.", [("HUMAN_ERROR", "human error")]),
        ("Dana broke the build at 14:02.", [("BLAME", "Dana broke")]),
        ("It was @jpark's fault.", [("BLAME", "@jpark's fault")]),
        ("Will should have waited.", [("COUNTERFACTUAL", "Will should have waited")]),
        ("Will should've waited.", [("COUNTERFACTUAL", "Will should've waited")]),
        ("It was a careless change.", [("CHARACTER", "careless")]),
        ("Obviously, the flag was off.", [("HINDSIGHT", "Obviously")]),
        ("Every service should have an owner.", []),
    ],
)
def test_a_finding_is_the_words_that_break_the_rule(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert told(text) == found


def test_whoever_is_no_person_to_the_directory_is_none_to_the_rules() -> None:
    assert findings("Envoy broke the build.") == ()
    assert findings("Envoy broke the build.", [(0, 5)])


def test_a_role_in_the_place_of_a_name_is_a_person() -> None:
    assert told("an engineer broke the build") == [("BLAME", "an engineer broke")]


def test_findings_are_bounded() -> None:
    assert len(findings("Obviously. " * 1000)) == 100


def test_a_rule_of_ones_own_is_read_as_the_built_in_ones_are() -> None:
    rule = LanguageRule.read(
        {
            "name": "ALWAYS",
            "meaning": "It says always.",
            "advice": "How often was it?",
            "patterns": ["always"],
            "unless": ["{person} always"],
            "examples": ["It [always] fails.", "She always asks."],
        }
    )
    (found,) = findings("It always fails.", rules=[rule])
    assert (found.rule, found.text, found.advice) == ("ALWAYS", "always", "How often was it?")


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"name": ""}, "name: give a text of at most 3000 characters"),
        ({"patterns": []}, "patterns: give at least one"),
        ({"patterns": ["(always"]}, "patterns: '(always': it is no pattern: missing )"),
        ({"unless": ["{robots} fail"]}, "unless: '{robots} fail': there are no words {robots}"),
        ({"patterns": ["(always)?"]}, "patterns: '(always)?' also matches where nothing stands"),
        ({"patterns": "always"}, "patterns: give a list of at most 200 texts"),
        ({"patterns": ["always", 1]}, "patterns: give only texts of at most 3000 characters"),
        ({"severity": "high"}, "severity: a rule has no such key"),
        ({"examples": ["It [never] fails."]}, "examples: in 'It [never] fails.' it finds nothing"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(changes: dict[str, object], mistake: str) -> None:
    table = {"name": "ALWAYS", "meaning": "m", "advice": "a", "patterns": ["always"], **changes}
    with pytest.raises(LanguageRuleError, match=re.escape(mistake)):
        LanguageRule.read(table)


def test_every_mistake_of_a_rule_is_told() -> None:
    with pytest.raises(LanguageRuleError) as refused:
        LanguageRule.read({"name": "ALWAYS", "patterns": ["always"]})
    assert [key for key, _ in refused.value.mistakes] == ["meaning", "advice"]
