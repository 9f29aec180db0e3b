"""What Slack's markup says, in plain words; and plain words in Slack's markup.

https://docs.slack.dev/messaging/formatting-message-text has the rules.
"""

import re
from dataclasses import dataclass, field

from integrations.observation import PersonRef
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, TITLE_LIMIT, JsonObject, as_object

MENTIONS_LIMIT = 100
FILES_LIMIT = 20
POST_LIMIT = 4_000
"""Letters of a message that Slack shows whole."""

_RAW_LIMIT = 40_000
"""Slack cuts messages there itself."""

_ATTACHMENTS_LIMIT = 20
_MARKED = re.compile(r"<([^<>|]{1,3000})(?:\|([^<>]*))?>")
_PERSON = re.compile(r"@([UW][A-Z0-9]{1,30})")
_WEB = re.compile(r"^(?:https?://|mailto:|tel:)")
_ITEM = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """A text in plain words, and who is mentioned in it."""

    text: str
    mentions: tuple[PersonRef, ...] = ()


@dataclass(slots=True)
class _Reading:
    """One text being read. `own` is the id that our own app is mentioned by: it is no person."""

    own: str | None
    mentioned: dict[str, PersonRef] = field(default_factory=dict)

    def plain(self, text: str) -> str:
        return _unescaped(_MARKED.sub(self._marked, text))

    def _marked(self, found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        person = _PERSON.fullmatch(target)
        if person:
            return self._person(person[1], label)
        match target[0]:
            case "#":
                return f"#{label or target[1:]}"
            case "!":
                return _special(target[1:], label)
            case _:
                return _link(target, label)

    def _person(self, external_id: str, label: str | None) -> str:
        if external_id == self.own:
            return "@Whychain"
        if len(self.mentioned) < MENTIONS_LIMIT:
            handle = _unescaped(label)[:NAME_LIMIT] if label else None
            known = PersonRef("slack", external_id, handle=handle)
            self.mentioned.setdefault(external_id, known)
        return f"@{{{external_id}}}"


def said_in(message: JsonObject, own: str | None = None) -> Said:
    """What a message says: its text, else what stands for it in its attachments or blocks; and
    a line for each file."""
    reading = _Reading(own)
    raw = message.prose("text", _RAW_LIMIT) or _of_attachments(message) or _of_blocks(message)
    lines = [reading.plain(raw), *_files(message)]
    text = "\n".join(line for line in lines if line)
    return Said(_cut(text, PROSE_LIMIT), tuple(reading.mentioned.values()))


def plain(text: str) -> str:
    """What a text says where nobody is told whom it mentions: a channel's topic."""
    return _Reading(None).plain(text)


def marked_up(text: str) -> str:
    """Plain paragraphs as they are posted: nothing in them is markup, "- " begins an item."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ITEM.sub("• ", _cut(escaped, POST_LIMIT))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _special(target: str, label: str | None) -> str:
    """`here`, `subteam^S1` with the group's handle, `date^…` with what to show instead."""
    name = target.partition("^")[0]
    match name:
        case "here" | "channel" | "everyone":
            return f"@{name}"
        case "subteam":
            return label or f"@{target.partition('^')[2]}"
        case _:
            return label or ""


def _link(target: str, label: str | None) -> str:
    if target.startswith(("mailto:", "tel:")):
        return label or _WEB.sub("", target)
    if not label or label in {target, _WEB.sub("", target)}:
        return target
    return f"{label} ({target})"


def _files(message: JsonObject) -> list[str]:
    names = [each.prose("name", NAME_LIMIT) for each in message.objects("files", FILES_LIMIT)]
    return [f"[file: {name}]" for name in names if name]


def _of_attachments(message: JsonObject) -> str:
    attachments = message.objects("attachments", _ATTACHMENTS_LIMIT)
    told = [
        each.prose("fallback", TITLE_LIMIT) or each.prose("text", TITLE_LIMIT)
        for each in attachments
    ]
    return "\n".join(each for each in told if each)


def _of_blocks(message: JsonObject) -> str:
    """Sections and headers; everything else comes with a text beside it."""
    blocks = message.objects("blocks", _ATTACHMENTS_LIMIT)
    parts = [each.fields.get("text") for each in blocks]
    texts = [
        as_object(part, "blocks").prose("text", TITLE_LIMIT)
        for part in parts
        if isinstance(part, dict)
    ]
    return "\n".join(each for each in texts if each)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
