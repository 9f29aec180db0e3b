"""Judging texts with the people of a directory."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from server.domain.blameless import built_in_rules
from server.domain.language import blocking, judge
from server.domain.redaction import Directory, KnownPerson, redact, role_of

RULES = built_in_rules()
OFFICE = Directory(
    (
        KnownPerson(UUID(int=1), ("Robin Reyes",), role_of("Payments"), ("rreyes",)),
        KnownPerson(UUID(int=2), ("Rose van Dahl",), role_of(None)),
    )
)


def found(text: str, *names: str) -> list[str]:
    return [each.text for each in judge(text, OFFICE, RULES, names)]


def test_whoever_the_directory_knows_is_a_person() -> None:
    assert found("Robin Reyes broke the build") == ["Robin Reyes broke"]
    assert found("<@rreyes> broke the build") == ["<@rreyes> broke"]
    assert found("Envoy broke the build") == []


def test_a_name_that_is_given_is_one_wherever_it_stands() -> None:
    assert found("Rose crashed early, and Dahl forgot") == ["Rose crashed", "Dahl forgot"]
    assert found("An arrow rose broke it") == []
    assert found("Envoy broke the build", "Envoy Jones") == ["Envoy broke"]
    assert found("The van broke down", "Rose van Dahl") == []


def test_what_blocks_are_the_texts_that_have_findings() -> None:
    texts = {"summary": "Obviously late.", "impact": "None.", "lessons": None}
    (name,) = blocking(texts, OFFICE, RULES)
    assert name == "summary"
    assert [each.rule for each in blocking(texts, OFFICE, RULES)[name]] == ["HINDSIGHT"]


def test_without_rules_nothing_blocks() -> None:
    assert blocking({"summary": "Obviously late."}, OFFICE, ()) == {}


NAMES = ("Robin Reyes", "@rreyes", "Robin", "Rose van Dahl")
ACTS = (
    " broke the build.",
    " forgot it.",
    " should have known.",
    " deployed.",
    "'s fault.",
    " and ",
)


@given(st.lists(st.sampled_from((*NAMES, *ACTS)), max_size=8).map("".join))
def test_findings_of_a_rendering_tell_nobodys_name(text: str) -> None:
    rendering = redact(text, OFFICE)
    for each in judge(rendering or text, OFFICE, RULES):
        assert redact(each.text, OFFICE) is None
