"""Prose as Jira keeps it: Atlassian's document format on Cloud, wiki text on Data Center.

Of a text each line is a paragraph, and one that begins with "- " an item of a list.
https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ has the format.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

BACKLINK = "From the post-mortem: "
"""What stands before the address that a description ends with."""

TEXT_LIMIT = 30_000
"""Jira takes 32,767 characters of prose."""

_ITEM = "- "
_WIKI_MARKUP = re.compile(r"[{\[!]")
"""What begins a macro, a link or a picture, none of which anybody here wrote."""

Node = dict[str, Any]


def written(text: str | None, url: str | None = None, *, is_cloud: bool) -> Any:
    """A text, and the way back to what it is about, in the form of the edition."""
    lines = _lines_of_text((text or "")[:TEXT_LIMIT])
    if is_cloud:
        return document(lines, url)
    wiki = [_WIKI_MARKUP.sub(r"\\\g<0>", line) for line in lines]
    return "\n\n".join([*_joined(wiki), *([f"{BACKLINK}{url}"] if url else [])])


def document(lines: Sequence[str], url: str | None) -> Node:
    """Lines as a document; its last paragraph is the way back."""
    blocks: list[Node] = []
    for is_item, group in groupby(lines, lambda line: line.startswith(_ITEM)):
        if is_item:
            items = [_paragraph(_text(line.removeprefix(_ITEM))) for line in group]
            content = [{"type": "listItem", "content": [item]} for item in items]
            blocks.append({"type": "bulletList", "content": content})
        else:
            blocks += [_paragraph(_text(line)) for line in group]
    if url:
        blocks.append(_paragraph(_text(BACKLINK), _link(url)))
    return {"type": "doc", "version": 1, "content": blocks}


def lines_of(prose: Any) -> list[str]:
    """What a reader sees of either form, line by line: equal where two say the same."""
    if isinstance(prose, str):
        return _lines_of_text(prose)
    return list(_lines_within(prose)) if isinstance(prose, dict) else []


def backlink_of(prose: Any) -> str | None:
    """The address at its end, if it was written with one."""
    last = (lines_of(prose) or [""])[-1]
    return last.removeprefix(BACKLINK) if last.startswith(BACKLINK) else None


def _lines_of_text(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip(" \t-")]


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs; the items of one list are one."""
    for is_item, group in groupby(lines, lambda line: line.startswith(_ITEM)):
        if is_item:
            yield "\n".join(group)
        else:
            yield from group


def _paragraph(*content: Node) -> Node:
    return {"type": "paragraph", "content": list(content)}


def _text(text: str) -> Node:
    return {"type": "text", "text": text}


def _link(url: str) -> Node:
    return {**_text(url), "marks": [{"type": "link", "attrs": {"href": url}}]}


def _lines_within(node: Node) -> Iterator[str]:
    children = [each for each in node.get("content") or () if isinstance(each, dict)]
    if any(each.get("type") == "text" for each in children):
        line = "".join(str(each.get("text", "")) for each in children).strip()
        if line:
            yield line
        return
    begin = _ITEM if node.get("type") == "listItem" else ""
    for child in children:
        for line in _lines_within(child):
            yield begin + line
