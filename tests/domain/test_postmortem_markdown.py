"""The document: what it tells, that it is stable, and that nothing breaks out of its place."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.postmortem_markdown import (
    Cause,
    Promise,
    Snapshot,
    Step,
    Suspicion,
    Thought,
    ToldMoment,
    length,
    link,
    plain,
    prose,
    render,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BUG = "https://jira.example/browse/SHOP-7"

WHOLE = Snapshot(
    number=7,
    title="Checkout fails",
    severity="SEV1",
    status="RESOLVED",
    state="PUBLISHED",
    services=("Checkout", "Web"),
    times=(("Began", NOON), ("Detected", None)),
    durations=(("Time to detect", timedelta(minutes=9)), ("Time to resolve", None)),
    people=(("Facilitator", ("an engineer of team Search",)), ("Commander", ("Ada Lovelace",))),
    summary="Payments failed for **one in three** users.",
    impact="12 % of orders were lost.",
    lessons="- Reviews do not see dropped columns",
    timeline=(
        ToldMoment(NOON, "DEPLOYMENT", "acme/shop went out", "github", "https://gh.example/1"),
        ToldMoment(NOON + timedelta(minutes=12), "ROOT_CAUSE", "The column | was gone", "person"),
    ),
    thoughts=(Thought("The cache", "RULED_OUT", "Its hit rate is *normal*"),),
    cause=Cause(
        "The deployment of acme/shop at c0ffee0 caused it",
        "A rollback ended it",
        0.08,
        (Suspicion("acme/shop at c0ffee0", 0.92, (("deployed 12 min before", 1.9),)),),
    ),
    steps=(
        Step(UUID(int=1), None, "Why did it fail?", "A column was dropped", False),
        Step(UUID(int=2), UUID(int=1), "Why was it?", "No check finds DDL", True),
    ),
    promises=(Promise("Find DDL", "Ada", date(2026, 11, 20), "P1", "IN_PROGRESS", "SHOP-7", BUG),),
    published_at=NOON + timedelta(days=3),
)

DOCUMENT = """\
# Post-mortem \\#7: Checkout fails

| | |
| --- | --- |
| **Severity** | SEV1 |
| **Status** | RESOLVED |
| **Services** | Checkout, Web |
| **Began** | 2026-11-02 12:00:00 UTC |
| **Time to detect** | 9 min |
| **Time to resolve** | — |
| **Facilitator** | an engineer of team Search |
| **Commander** | Ada Lovelace |
| **Published** | 2026-11-05 12:00:00 UTC |

## Summary

Payments failed for **one in three** users.

## Impact

12 % of orders were lost.

## Timeline

All times are in UTC, on 2026-11-02.

| Time | Kind | What happened | Source |
| --- | --- | --- | --- |
| 12:00:00 | Deployment | acme/shop went out | [github](<https://gh.example/1>) |
| 12:12:00 | Root cause | The column \\| was gone | person |

## Hypotheses

| Hypothesis | Outcome | Why |
| --- | --- | --- |
| The cache | Ruled out | Its hit rate is \\*normal\\* |

## What caused it

**The deployment of acme/shop at c0ffee0 caused it**: A rollback ended it

- acme/shop at c0ffee0: 92%
  - +1.9 deployed 12 min before

No recorded deployment: 8%.

## Why it could happen

- **Why did it fail?**<br>A column was dropped
  - **Why was it?**<br>No check finds DDL **(the system)**

## What will be different

| Action item | Owner | Due | Priority | State | Ticket |
| --- | --- | --- | --- | --- | --- |
| Find DDL | Ada | 2026-11-20 | P1 | In progress | [SHOP-7](<https://jira.example/browse/SHOP-7>) |

## What we learned

- Reviews do not see dropped columns
"""


def test_it_tells_the_whole_story() -> None:
    assert render(WHOLE) == DOCUMENT


def test_a_draft_says_so_and_shows_what_is_not_there() -> None:
    told = render(Snapshot(1, "T", "SEV4", "RESOLVED", "IN_REVIEW"))
    assert "> In review: not published yet." in told
    assert told.count("*Nothing is written yet.*") == 7


def test_a_timeline_of_several_days_names_them() -> None:
    later = replace(WHOLE.timeline[1], at=NOON + timedelta(days=1))
    told = render(replace(WHOLE, timeline=(WHOLE.timeline[0], later)))
    assert "| 2026-11-03 12:00:00 | Root cause |" in told


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b", r"a \| b"),
        ("two\nlines\r\n", "two lines"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("[x](javascript:alert(1))", r"\[x\]\(javascript:alert\(1\)\)"),
        ("&lt;", "&amp;lt;"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        (r"\| |", r"\\\| \|"),
        ("`code`", r"\`code\`"),
        ("rtl \u202e end", "rtl end"),
    ],
)
def test_plain_text_is_read_as_it_is_written(text: str, written: str) -> None:
    assert plain(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# Title\n\ntext", "### Title\n\ntext"),
        ("#### Deep", "#### Deep"),
        ("Title\n---", "Title\n\\---"),
        ("<script>x</script>", "&lt;script>x&lt;/script>"),
        ("a < b", "a < b"),
        ("[x](javascript:y)", "[x](javascript :y)"),
        (r"[x](javascript\:y)", "[x](javascript :y)"),
        ("[x](&#106;avascript:y)", "[x](&amp;#106;avascript:y)"),
        ("[x](data:text/html,y)", "[x](data :text/html,y)"),
        ("data: none", "data: none"),
        ("```\nopen", "```\nopen\n```"),
        ("~~~~\na\n~~~~", "~~~~\na\n~~~~"),
    ],
)
def test_prose_stays_in_its_section(text: str, written: str) -> None:
    assert prose(text) == written


@pytest.mark.parametrize("url", [None, "javascript:x", "https://x.example/a>b", "ftp://x"])
def test_only_sound_addresses_are_linked(url: str | None) -> None:
    assert link("ticket", url) == "ticket"


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (timedelta(days=1, hours=2, minutes=5, seconds=9), "1 d 2 h 5 min"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(), "0 s"),
    ],
)
def test_durations_are_said_as_people_do(took: timedelta, said: str) -> None:
    assert length(took) == said


nasty = st.text(st.sampled_from("|\\\n\r\t<>&[]()*_`#-=~ ab:1.\u2028"), max_size=40)


@given(nasty)
def test_a_cell_never_leaves_its_row(text: str) -> None:
    cells = re.split(r"(?<!\\)(?:\\\\)*\|", f"| {plain(text)} |")
    assert len(cells) == 3
    assert len(plain(text).splitlines()) <= 1


@given(nasty, nasty, nasty)
def test_nobody_writes_a_section_of_their_own(body: str, summary: str, answer: str) -> None:
    snapshot = replace(
        WHOLE,
        summary=summary or None,
        timeline=(replace(WHOLE.timeline[0], body=body),),
        steps=(replace(WHOLE.steps[0], answer=answer),),
    )
    told = render(snapshot)
    assert told == render(replace(snapshot))
    assert re.findall("(?m)^ {0,3}##? .*", told) == re.findall("(?m)^##? .*", DOCUMENT)
    assert not re.search(r"<(?!https?:|br>)[A-Za-z/!?]", told)
