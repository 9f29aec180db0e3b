"""A team's own rules of blameless language, and how each mistake in them is told."""

from pathlib import Path

import pytest

from server.connections import ConnectionsError
from server.domain.blameless import LanguageRule, built_in_rules, findings
from server.language_rules import load

OWN = """
[[language_rule]]
name = "ALWAYS"
meaning = "It says always."
advice = "How often was it?"
patterns = ["always"]
examples = ["It [always] fails."]
"""


def loaded(folder: Path, text: str) -> tuple[LanguageRule, ...]:
    file = folder / "whychain.toml"
    file.write_text(text)
    return load(file)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConnectionsError) as raised:
        loaded(folder, text)
    return [
        line.removeprefix(f"{folder / 'whychain.toml'}: ")
        for line in str(raised.value).splitlines()
    ]


def test_without_a_file_there_are_the_built_in_ones() -> None:
    assert load(None) == built_in_rules()


def test_a_teams_own_stand_beside_the_built_in_ones(tmp_path: Path) -> None:
    rules = loaded(tmp_path, OWN)
    found = findings("Obviously it always fails.", rules=rules)
    assert [each.rule for each in found] == ["HINDSIGHT", "ALWAYS"]


def test_a_file_of_connections_alone_adds_none(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[[connection]]\nintegration = "x"') == built_in_rules()


@pytest.mark.parametrize(
    ("written", "instead", "mistake"),
    [
        ('"ALWAYS"', '"always"', "name: give a name of capitals, digits and underscores."),
        ('"ALWAYS"', '"BLAME"', "name: another rule has it already."),
        ('name = "ALWAYS"', "", "name: give a name of capitals, digits and underscores."),
        ('["always"]', '["(always"]', "patterns: '(always': it is no pattern: missing ), untermi"),
        ("[always]", "[never]", "examples: in 'It [never] fails.' it finds nothing."),
        ("[always]", "never", "examples: give one, with what is found in brackets."),
        ("advice", "advise", "advise: a rule has no such key."),
    ],
)
def test_a_mistake_is_told_with_its_key(
    tmp_path: Path, written: str, instead: str, mistake: str
) -> None:
    told = mistakes(tmp_path, OWN.replace(written, instead))
    assert told[0].startswith(f"language_rule 1: {mistake}")


def test_every_mistake_of_every_rule_is_told(tmp_path: Path) -> None:
    told = mistakes(tmp_path, OWN + OWN + "[[language_rule]]\nname = 'EVER'\npatterns = [1]")
    assert told == [
        "language_rule 2: name: another rule has it already.",
        "language_rule 3: meaning: give a text of at most 3000 characters.",
        "language_rule 3: advice: give a text of at most 3000 characters.",
        "language_rule 3: patterns: give only texts of at most 3000 characters.",
    ]


def test_one_bracket_is_one_too_few(tmp_path: Path) -> None:
    told = mistakes(tmp_path, OWN.replace("[[language_rule]]", "[language_rule]"))
    assert told == ["language_rule: write [[language_rule]], with two brackets."]
