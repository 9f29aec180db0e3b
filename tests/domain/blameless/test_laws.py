"""What holds of findings whatever the text is."""

from itertools import pairwise
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.blameless import LanguageRule, findings
from server.domain.redaction import people_in
from tests.domain.blameless.examples import PEOPLE, examples

SENTENCES = st.sampled_from([each.text for each in examples()])
BLAMING = st.sampled_from([each.text for each in examples() if each.spans and each.hit])
PIECES = SENTENCES | st.text(max_size=30) | st.sampled_from(["\n", " ", "\u00a0", "`", '"', "> "])
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@given(TEXTS)
def test_a_finding_is_cut_out_of_the_text(text: str) -> None:
    for each in findings(text, people_in(text, PEOPLE)):
        assert 0 <= each.start < each.end <= len(text)
        assert each.text == text[each.start : each.end]


@given(TEXTS)
def test_findings_stand_in_order_and_those_of_a_rule_apart(text: str) -> None:
    found = findings(text, people_in(text, PEOPLE))
    assert list(found) == sorted(found)
    for rule in {each.rule for each in found}:
        its = [each for each in found if each.rule == rule]
        assert all(one.end <= other.start for one, other in pairwise(its))


QUOTES = ["`{}`", "```\n{}\n```", '"{}"', "“{}”", "> {}", "2026-01-02T14:02:03Z {}", "ERROR {}"]


@pytest.mark.parametrize("quote", QUOTES)
@given(text=BLAMING)
def test_what_is_quoted_is_not_judged(quote: str, text: str) -> None:
    said = text.replace('"', "").replace("“", "").replace("”", "").replace("`", "")
    quoted = f"It was told so:\n{quote.format(said)}\nThat was all."
    assert findings(quoted, people_in(quoted, PEOPLE)) == ()


WORDS = ("careless", "carelessly", "deploys", "the", "queue", "Robin", "Sasha")
IMPERSONAL = LanguageRule("CARE", "m", "a", ("careless(ly)? (deploys|queue)",))


@given(st.lists(st.sampled_from(WORDS)))
def test_names_change_nothing_for_a_rule_that_speaks_of_no_person(words: list[str]) -> None:
    text = " ".join(words)
    names = [
        (start, start + len(word))
        for at, word in enumerate(words)
        if word.istitle()
        for start in [len(" ".join([*words[:at], ""]))]
    ]
    assert findings(text, names, [IMPERSONAL]) == findings(text, rules=[IMPERSONAL])


@given(TEXTS)
def test_without_names_no_fewer_texts_are_clean(text: str) -> None:
    """A name can only add: whoever it belongs to becomes a person."""
    if not findings(text, people_in(text, PEOPLE)):
        assert not findings(text)


HOSTILE = ("we ", "we, who ", "the new junior ", '"we ', "`we", "we (", "  ", "clearly, a ", "> \n")


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_text_eight_times_as_long_takes_no_more_than_a_few_times_as_much_again(
    piece: str,
) -> None:
    """Quadratic would be 64 times. Only the time of this thread is counted."""
    short, long = (min(_spent(piece, size) for _ in range(3)) for size in (2_000, 16_000))
    assert long < 32 * short


def _spent(piece: str, size: int) -> float:
    text = (piece * size)[:size]
    began = thread_time()
    findings(text)
    return thread_time() - began
