"""Redaction: the same text with roles in the place of people.

Readers without the right to see people get this rendering. When in doubt it replaces: a role too
many reads oddly, a name too many cannot be taken back. What people and sources wrote is searched
for addresses of anyone, for known handles, and for known names, whole or in part.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from server.domain.redaction_lexicon import (
    DENSE,
    WORD,
    Names,
    Path,
    Rule,
    Word,
    claim,
    fold,
    is_initial,
    next_word,
    word_of,
)
from server.domain.redaction_signs import (
    are_initials,
    end_of_possessive,
    is_cut_name,
    past_the_point,
    written_like_a_name,
)

ANY_ENGINEER = "an engineer"
ANY_ADDRESS = "an e-mail address"
"""What stands for an address of nobody known: it may be a customer's or a list's."""


def role_of(team_name: str | None) -> str:
    """The words that stand for a person: their team is told, they are not."""
    team = " ".join((team_name or "").split())
    return f"{ANY_ENGINEER} of team {team}" if team else ANY_ENGINEER


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as texts may mention them, and the role that stands for them.

    Handles come without their @; a provider's own id in mentions (`<@U024BE7LH>`) is one too.
    """

    id: UUID
    names: tuple[str, ...]
    role: str
    handles: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """The people that are recognised. Costly to make and cheap to use: make it once."""

    people: tuple[KnownPerson, ...]
    _names: Path = field(init=False, repr=False, compare=False)
    _emails: dict[str, str] = field(init=False, repr=False, compare=False)
    _handles: dict[str, str] = field(init=False, repr=False, compare=False)
    _roles: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = Names(ANY_ENGINEER)
        emails: dict[str, str] = {}
        handles: dict[str, str] = {}
        roles = {ANY_ENGINEER, ANY_ADDRESS}
        for person in self.people:
            role = unicodedata.normalize("NFC", person.role)
            roles.add(role)
            for name in person.names:
                names.add_name(name, role, person.nicknames)
            for name in (*person.names, *person.nicknames):
                if len(name.split()) == 1:
                    # A name of one word may be any word: after an @ it is that person.
                    claim(handles, fold(name), role, ANY_ENGINEER)
            for handle in person.handles:
                names.add_handle(handle, role)
                claim(handles, fold(handle), role, ANY_ENGINEER)
            for email in person.emails:
                claim(emails, fold(email), role, ANY_ENGINEER)
        object.__setattr__(self, "_names", names.root)
        object.__setattr__(self, "_emails", emails)
        object.__setattr__(self, "_handles", handles)
        object.__setattr__(self, "_roles", _any_of(roles))

    def email(self, match: re.Match[str]) -> str:
        """What stands for a string that is shaped like an address."""
        known = self._emails.get(fold(match[0].lstrip("@")))
        return known or (ANY_ADDRESS if _TOP_LEVEL.search(match[0]) else match[0])

    def mention(self, match: re.Match[str]) -> str:
        """What stands for a mention; of longer words a known beginning is replaced.

        What a chat or a tracker marks as a mention is somebody, known or not.
        """
        tagged = match["tagged"] or match["ticket"]
        handle = tagged or match["handle"]
        for end in _ends(handle):
            if role := self._handles.get(fold(handle[:end])):
                return role + ("" if tagged else handle[end:])
        return ANY_ENGINEER if tagged else match[0]

    def names_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Each name's span and role, in order; roles that already stand in the text are kept."""
        start = 0
        for role_start, role_end in self.roles_in(text):
            yield from _names_between(self._names, text, start, role_start)
            start = role_end
        yield from _names_between(self._names, text, start, len(text))

    def roles_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a role stands already."""
        for role in self._roles.finditer(text):
            if not _INSIDE_WORD.match(text, max(0, role.start() - 1), role.start()):
                yield role.span()


def redact(text: str, directory: Directory) -> str | None:
    """The text, composed (NFC), with a role for every person; None where it mentions none.

    Takes time linear in the text, whatever the size of the directory. What was redacted once
    is not changed again.
    """
    original = unicodedata.normalize("NFC", text)
    rendered, earlier = _pass(original, directory), original
    for _ in range(_MORE_PASSES):
        if rendered == earlier:
            break
        rendered, earlier = _pass(rendered, directory), rendered
    return None if rendered == original else rendered


def people_in(text: str, directory: Directory) -> list[tuple[int, int]]:
    """Where people stand in a text: who is mentioned or named, and roles that stand for them."""
    return [
        *(each.span() for each in _MENTION.finditer(text) if directory.mention(each) != each[0]),
        *directory.roles_in(text),
        *((start, end) for start, end, _ in directory.names_in(text)),
    ]


_MORE_PASSES = 4
"""How often a rendering is read again: a role can stand where it makes its neighbours a name."""


def _pass(text: str, directory: Directory) -> str:
    if "@" in text:
        text = _EMAIL.sub(directory.email, text)
    if "@" in text or "[~" in text:
        text = _MENTION.sub(directory.mention, text)
    pieces = []
    done = 0
    for start, end, role in directory.names_in(text):
        pieces += [text[done:start].rstrip("@"), role]
        done = end
        if owning := end_of_possessive(text, start, end):
            pieces.append(text[end:owning] + "s")
            done = owning
    return "".join([*pieces, text[done:]])


# A word of an address is tried once, from its beginning: `++` and `*+` never give back. What
# mentions put before it and addresses that run into it are taken along.
_DOMAIN = r"@[\w-]++(?:\.[\w-]++)*+"
_LOCAL = r"[\w.+%&~=-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL})@?+{_LOCAL}++{_DOMAIN}(?:{_LOCAL}*+{_DOMAIN})*+")
_TOP_LEVEL = re.compile(r"@(?:[\w-]++\.)+[^\W\d_][\w-]")
_MENTION = re.compile(
    r"<@(?P<tagged>[\w.-]{1,80})(?:\|[^<>\n]{0,80})?>"
    r"|\[~(?:accountid:)?(?P<ticket>[\w.:-]{1,128})\]"
    r"|(?<!\w)@(?P<handle>\w[\w.-]{0,80})"
)


def _ends(handle: str) -> Iterator[int]:
    """Where a handle may end: at its end, or before any of its last few separators."""
    yield len(handle)
    cuts = [index for index, character in enumerate(handle) if character in "._-"]
    yield from reversed(cuts[-8:])


_INSIDE_WORD = re.compile(rf"[^\W_{DENSE}]")


def _any_of(roles: set[str]) -> re.Pattern[str]:
    """Any of the roles, the longest first, unless a longer word begins with its end."""
    longest_first = sorted(roles, key=lambda role: (-len(role), role))
    return re.compile(rf"(?:{'|'.join(map(re.escape, longest_first))})(?!{_INSIDE_WORD.pattern})")


def _names_between(names: Path, text: str, start: int, stop: int) -> Iterator[tuple[int, int, str]]:
    """The names in a part of a text: at each word the longest, then on from its end."""
    for match in WORD.finditer(text, start, stop):
        if match.start() < start or fold(match[0]) not in names.onwards:
            continue
        found = _longest(names, text, word_of(match), stop)
        if found:
            start, role = found
            yield match.start(), start, role


_MAX_INITIALS = 2
"""How many initials may stand inside a name that is known without them."""


def _longest(names: Path, text: str, first: Word, stop: int) -> tuple[int, str] | None:
    """The end and the role of the longest name that begins with `first`."""
    path = names.onwards[first.key]
    role = _role_at(path, text, first, first)
    best = (first.end, role) if role else None
    last, initials = first, 0
    while path.onwards and (word := next_word(text, last, stop)):
        last = word
        reached = path.onwards.get(word.key)
        if reached and (role := _role_at(reached, text, first, last)):
            best = past_the_point(text, last, stop), role
        if reached and (reached.onwards or not is_initial(word)):
            path = reached
        elif is_initial(word) and initials < _MAX_INITIALS:
            initials += 1
        else:
            break
    return best


def _role_at(path: Path, text: str, first: Word, last: Word) -> str | None:
    """The role that a path ends in, if its words are written as the name demands."""
    if role := path.roles.get(Rule.FULL):
        return role
    span = text[first.start : last.end]
    if (role := path.roles.get(Rule.LITERAL)) and span.casefold() in path.literals:
        return role
    for rule, written_so in _WRITTEN.items():
        if (role := path.roles.get(rule)) and written_so(text, first, last):
            return role
    return None


_WRITTEN = {
    Rule.CUT: is_cut_name,
    Rule.SINGLE: written_like_a_name,
    Rule.INITIALS: are_initials,
}
"""Of the rules that are not met by the words alone: what has to be seen in the text."""
