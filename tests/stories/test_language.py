"""A team's own rule of language, from its file to what is found in a why."""

from pathlib import Path

from tests.house import command, serving
from tests.schema.test_incident import DECLARE
from tests.schema.test_language import ANSWER, CHECK

OWN = """
[[language_rule]]
name = "TEAM_SHAMING"
meaning = "A whole team is shamed."
advice = "What made this hard, for any team?"
patterns = ["once again,? the [a-z]+ team"]
examples = ["[Once again, the network team] was late."]
"""

SHAMING = "Once again the network team was late"


async def test_a_teams_own_rule_is_found_beside_the_built_in_ones(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "whychain.toml"
    file.write_text(OWN)
    async with serving(database_url=database_url, config=str(file)) as served:
        checked = await served(CHECK, text=f"{SHAMING}, obviously")
        rules = [each["rule"] for each in checked["checkLanguage"]["findings"]]
        assert rules == ["TEAM_SHAMING", "HINDSIGHT"]
        told = {"title": "Checkout fails", "severity": "SEV2"}
        declared = (await served(DECLARE, input=told))["declareIncident"]
        incident = declared["incident"]["id"]
        answered = await served(ANSWER, incident=incident, question="Why?", answer=SHAMING)
        (found,) = answered["answerWhy"]["why"]["findings"]
        assert found["advice"] == "What made this hard, for any team?"


async def test_the_doctor_names_what_is_wrong_with_a_rule(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "whychain.toml"
    file.write_text(OWN.replace("[Once", "Once").replace("late.", "[late]."))
    code, text = await command("doctor", database_url=database_url, config=str(file))
    assert code == 1
    assert f"{file}: language_rule 1: examples: in" in text
