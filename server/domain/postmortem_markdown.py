"""A post-mortem as a document in Markdown, made of a snapshot: the same one gives the same bytes.

What people wrote as a text of its own (summary, impact, lessons) is Markdown already, and stands as
it is but for HTML and headings. Everything else is plain text and is escaped.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

# ── the snapshot ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ToldMoment:
    """An entry of the timeline."""

    at: datetime
    kind: str
    body: str
    source: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Thought:
    """A hypothesis, and what became of it."""

    statement: str
    outcome: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A deployment that may have caused it, with each line of evidence and its weight."""

    name: str
    probability: float
    evidence: tuple[tuple[str, float], ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What caused it: a person's verdict in words, if there is one, and the model's candidates."""

    verdict: str | None = None
    reason: str | None = None
    not_a_deployment: float = 1.0
    suspicions: tuple[Suspicion, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A node of the why-chain."""

    id: UUID
    parent_id: UUID | None
    question: str
    answer: str
    systemic: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """An action item. `ticket` is its key in the tracker."""

    title: str
    owner: str
    due_on: date
    priority: str
    state: str
    ticket: str | None = None
    ticket_url: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a post-mortem tells, for one kind of reader: names or roles stand in it already."""

    number: int
    title: str
    severity: str
    status: str
    state: str
    services: tuple[str, ...] = ()
    times: tuple[tuple[str, datetime | None], ...] = ()
    durations: tuple[tuple[str, timedelta | None], ...] = ()
    people: tuple[tuple[str, tuple[str, ...]], ...] = ()
    summary: str | None = None
    impact: str | None = None
    lessons: str | None = None
    timeline: tuple[ToldMoment, ...] = ()
    thoughts: tuple[Thought, ...] = ()
    cause: Cause = field(default_factory=Cause)
    steps: tuple[Step, ...] = ()
    promises: tuple[Promise, ...] = ()
    published_at: datetime | None = None


# ── the document ─────────────────────────────────────────────────────────────

_NOTHING = "*Nothing is written yet.*"


def render(snapshot: Snapshot) -> str:
    """The document; it ends with a line break."""
    sections = (
        ("", _heading(snapshot)),
        ("Summary", _prose(snapshot.summary)),
        ("Impact", _prose(snapshot.impact)),
        ("Timeline", _timeline(snapshot.timeline)),
        ("Hypotheses", _thoughts(snapshot.thoughts)),
        ("What caused it", _cause(snapshot.cause)),
        ("Why it could happen", _whys(snapshot.steps)),
        ("What will be different", _promises(snapshot.promises)),
        ("What we learned", _prose(snapshot.lessons)),
    )
    return "\n\n".join("\n\n".join(_section(*each)) for each in sections) + "\n"


def _section(title: str, blocks: Iterable[str]) -> Iterator[str]:
    if title:
        yield f"## {title}"
    yield from blocks


def _heading(snapshot: Snapshot) -> Iterator[str]:
    yield f"# Post-mortem \\#{snapshot.number}: {plain(snapshot.title)}"
    if snapshot.published_at is None:
        yield f"> {_words(snapshot.state)}: not published yet."
    yield _table(("", ""), _facts(snapshot))


def _facts(snapshot: Snapshot) -> Iterator[Sequence[str]]:
    yield "**Severity**", plain(snapshot.severity)
    yield "**Status**", plain(snapshot.status)
    if snapshot.services:
        yield "**Services**", ", ".join(map(plain, snapshot.services))
    for name, at in snapshot.times:
        if at:
            yield f"**{name}**", f"{utc(at)} UTC"
    for name, took in snapshot.durations:
        yield f"**{name}**", length(took)
    for role, names in snapshot.people:
        yield f"**{role}**", ", ".join(map(plain, names))
    if snapshot.published_at:
        yield "**Published**", f"{utc(snapshot.published_at)} UTC"


def _prose(text: str | None) -> Iterator[str]:
    yield prose(text) if text else _NOTHING


def _timeline(entries: Sequence[ToldMoment]) -> Iterator[str]:
    if not entries:
        yield _NOTHING
        return
    several_days = len({each.at.date() for each in entries}) > 1
    pattern = "%Y-%m-%d %H:%M:%S" if several_days else "%H:%M:%S"
    yield f"All times are in UTC{'' if several_days else f', on {entries[0].at:%Y-%m-%d}'}."
    rows = (
        (f"{each.at:{pattern}}", _words(each.kind), plain(each.body), link(each.source, each.url))
        for each in entries
    )
    yield _table(("Time", "Kind", "What happened", "Source"), rows)


def _thoughts(thoughts: Sequence[Thought]) -> Iterator[str]:
    if not thoughts:
        yield _NOTHING
        return
    rows = (
        (plain(each.statement), _words(each.outcome), plain(each.reason or "")) for each in thoughts
    )
    yield _table(("Hypothesis", "Outcome", "Why"), rows)


def _cause(cause: Cause) -> Iterator[str]:
    if cause.verdict:
        yield f"**{plain(cause.verdict)}**{f': {plain(cause.reason)}' if cause.reason else ''}"
    for each in cause.suspicions:
        lines = [f"- {link(each.name, each.url)}: {each.probability:.0%}"]
        lines += [f"  - {weight:+.1f} {plain(detail)}" for detail, weight in each.evidence]
        yield "\n".join(lines)
    yield f"No recorded deployment: {cause.not_a_deployment:.0%}."


def _whys(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        yield _NOTHING
        return
    below: dict[UUID | None, list[Step]] = {}
    for step in steps:
        below.setdefault(step.parent_id, []).append(step)
    yield "\n".join(_branch(below, None, 0))


def _branch(
    below: dict[UUID | None, list[Step]], parent_id: UUID | None, depth: int
) -> Iterator[str]:
    for step in below.get(parent_id, ()):
        is_end = step.systemic and step.id not in below
        mark = " **(the system)**" if is_end else ""
        indent = "  " * depth
        yield f"{indent}- **{plain(step.question)}**<br>{plain(step.answer)}{mark}"
        yield from _branch(below, step.id, depth + 1)


def _promises(promises: Sequence[Promise]) -> Iterator[str]:
    if not promises:
        yield _NOTHING
        return
    rows = (
        (
            plain(each.title),
            plain(each.owner),
            each.due_on.isoformat(),
            each.priority,
            _words(each.state),
            link(each.ticket, each.ticket_url) if each.ticket else "",
        )
        for each in promises
    )
    yield _table(("Action item", "Owner", "Due", "Priority", "State", "Ticket"), rows)


# ── how it is written ────────────────────────────────────────────────────────


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = " | ".join(heads) if any(heads) else "|"
    lines = [head, " | ".join(["---"] * len(heads)), *(" | ".join(cells) for cells in rows)]
    return "\n".join(f"| {line} |" for line in lines)


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile(r"([\\`*_{}\[\]()#|~])")
_NUMBERED = re.compile(r"^(\d+)(\.)")
_BULLET = re.compile(r"^([-+=])")


def plain(text: str) -> str:
    """A text in one line that no renderer reads anything into: no mark, link, entity or HTML."""
    one_line = " ".join(_CONTROLS.sub(" ", text).split())
    marked = _BULLET.sub(r"\\\1", _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\1", one_line)))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_HEADING = re.compile(r"(?m)^( {0,3})#{1,2}(?=\s|$)")
_UNDERLINE = re.compile(r"(?m)^( {0,3})(?=(?:=+|-+)[ \t]*$)")
_FENCE = re.compile(r"(?m)^ {0,3}(`{3,}|~{3,})")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SCRIPT = re.compile(r"(?i)\b(javascript|vbscript|data(?=\s*\\?:\s*\w+/))\s*\\?:")


def prose(text: str) -> str:
    """Markdown that somebody wrote, kept inside its section: no HTML, no script behind a link, no
    heading above the third level, no block of code that never ends."""
    clean = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    clean = _SCRIPT.sub(r"\1 :", _TAG.sub("&lt;", _ENTITY.sub("&amp;", clean)))
    clean = _UNDERLINE.sub(r"\1\\", _HEADING.sub(r"\1###", clean))
    return clean + _closing(clean)


def _closing(text: str) -> str:
    """What ends a block of code that the text leaves open: the rest would become part of it."""
    opened = ""
    for fence in _FENCE.findall(text):
        if not opened:
            opened = fence
        elif fence[0] == opened[0] and len(fence) >= len(opened):
            opened = ""
    return f"\n{opened}" if opened else ""


_ADDRESS = re.compile(r"https?://[^\s<>()\[\]|\\\"'`]+", re.IGNORECASE)


def link(text: str, url: str | None) -> str:
    """A text that leads to a web page; as it is, where there is no sound address."""
    return f"[{plain(text)}](<{url}>)" if url and _ADDRESS.fullmatch(url) else plain(text)


def utc(at: datetime) -> str:
    """A time to the second; all times of a document are in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def length(took: timedelta | None) -> str:
    """A duration as people say it: 1 d 2 h 5 min; a dash where nobody knows."""
    if took is None:
        return "\N{EM DASH}"
    seconds = int(took.total_seconds())
    parts = ((seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"))
    told = " ".join(f"{amount} {unit}" for amount, unit in parts if amount)
    return told or f"{seconds} s"


def _words(term: str) -> str:
    """A term of the API as a word: ROOT_CAUSE is "Root cause"."""
    return plain(term.replace("_", " ").capitalize())
