"""Slack's markup in plain words, and plain words in Slack's markup."""

from typing import Any

import pytest

from integrations.observation import PersonRef
from integrations.payload import PROSE_LIMIT, JsonObject
from integrations.slack.text import MENTIONS_LIMIT, POST_LIMIT, marked_up, plain, said_in


def said(text: str, **fields: Any) -> str:
    return said_in(JsonObject({"text": text, **fields}), own="U0OURS").text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@U123> look", "@{U123} look"),
        ("<@W123|ada> look", "@{W123} look"),
        ("<@U0OURS> look", "@Whychain look"),
        ("in <#C1|inc-7> and <#C2>", "in #inc-7 and #C2"),
        ("<!here> <!channel> <!everyone|all>", "@here @channel @everyone"),
        ("<!subteam^S1|@oncall> <!subteam^S2>", "@oncall @S2"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<!unheard-of>", ""),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<https://x.example|the board>", "the board (https://x.example)"),
        ("<http://x.example|x.example>", "http://x.example"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("<tel:+123>", "+123"),
        ("a < b <> c", "a < b <> c"),
        ("*bold* `code` :fire:", "*bold* `code` :fire:"),
    ],
)
def test_markup_is_said_in_words(text: str, words: str) -> None:
    assert said(text) == words


def test_mentions_are_people_once_each_and_never_ourselves() -> None:
    found = said_in(JsonObject({"text": "<@U1> <@U2|grace> <@U1|ada> <@U0OURS>"}), own="U0OURS")
    assert found.mentions == (PersonRef("slack", "U1"), PersonRef("slack", "U2", handle="grace"))
    many = "".join(f"<@U{each}>" for each in range(2 * MENTIONS_LIMIT))
    assert len(said_in(JsonObject({"text": many})).mentions) == MENTIONS_LIMIT


def test_files_are_lines() -> None:
    files = [{"name": "graph.png"}, {"mode": "tombstone"}, {"name": "log.txt"}]
    assert said("See", files=files) == "See\n[file: graph.png]\n[file: log.txt]"
    assert said("", files=files[:1]) == "[file: graph.png]"


def test_what_has_no_text_is_said_by_what_stands_for_it() -> None:
    attachments = [{"fallback": "CPU &gt; 90 %"}, {"text": "on <https://x.example|web-1>"}]
    assert said("", attachments=attachments) == "CPU > 90 %\non web-1 (https://x.example)"
    assert said("Text", attachments=attachments) == "Text"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Down"}}
    assert said("", blocks=[{"type": "divider"}, section]) == "Down"
    assert said("") == ""


def test_texts_are_cut() -> None:
    assert len(said("x" * 30_000)) == PROSE_LIMIT
    assert len(marked_up("x" * 30_000)) == POST_LIMIT


def test_a_topic_mentions_nobody() -> None:
    assert plain("<https://x.example/inc_1> &amp; <@U1>") == "https://x.example/inc_1 & @{U1}"


def test_a_post_holds_no_markup_but_its_list() -> None:
    text = "Due <today> & tomorrow:\n- <!channel>\n- b - c"
    assert marked_up(text) == ("Due &lt;today&gt; &amp; tomorrow:\n• &lt;!channel&gt;\n• b - c")
