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
    words,
)
from server.domain.redaction_words import ACTS, BEFORE_MONTHS, MONTHS, ORDINARY_WORDS

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
                names.add_name(name, role)
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
        """What stands for an @mention; of longer words a known beginning is replaced."""
        handle = match["tagged"] or match["handle"]
        for end in _ends(handle):
            if role := self._handles.get(fold(handle[:end])):
                return role + ("" if match["tagged"] else handle[end:])
        return match[0]

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
        text = _MENTION.sub(directory.mention, text)
    pieces = []
    done = 0
    for start, end, role in directory.names_in(text):
        pieces += [text[done:start].rstrip("@"), role]
        done = end
    return "".join([*pieces, text[done:]])


# A word of an address is tried once, from its beginning: `++` and `*+` never give back. What
# mentions put before it and addresses that run into it are taken along.
_DOMAIN = r"@[\w-]++(?:\.[\w-]++)*+"
_LOCAL = r"[\w.+%&~=-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL})@?+{_LOCAL}++{_DOMAIN}(?:{_LOCAL}*+{_DOMAIN})*+")
_TOP_LEVEL = re.compile(r"@(?:[\w-]++\.)+[^\W\d_][\w-]")
_MENTION = re.compile(
    r"<@(?P<tagged>[\w.-]{1,80})(?:\|[^<>\n]{0,80})?>|(?<!\w)@(?P<handle>\w[\w.-]{0,80})"
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
        if word.key in path.onwards:
            path = path.onwards[word.key]
            if role := _role_at(path, text, first, last):
                best = last.end, role
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
    role = path.roles.get(Rule.SINGLE)
    return role if role and _written_like_a_name(text, first, last) else None


_ACRONYM = 3
"""The longest word in capitals that is rather an acronym: "ADA", "TIM"."""


def _written_like_a_name(text: str, first: Word, last: Word) -> bool:
    """Whether a word of somebody's name means that person here."""
    span = text[first.start : last.end]
    cased = span[0].lower() != span[0].upper()
    if cased and (span[0].islower() or (span.isupper() and len(span) <= _ACRONYM)):
        return False
    if first is not last or first.key not in ORDINARY_WORDS:
        return True
    return not span.isupper() and _means_a_person(text, first)


_LOOK_AROUND = 40
"""Characters before and after a word that tell what it means."""


def _means_a_person(text: str, word: Word) -> bool:
    """Whether a name that is an ordinary word too ("Will", "Mark", "May") is a name here.

    In the midst of a sentence its capital says so; at the beginning, what follows must.
    """
    left = text[max(0, word.start - _LOOK_AROUND) : word.start]
    right = text[word.end : word.end + _LOOK_AROUND]
    before = next((each.key for each in reversed(words(left))), "")
    after = next((each.key for each in words(right)), "")
    if word.key in MONTHS and (before in BEFORE_MONTHS or before.isdigit() or after.isdigit()):
        return False
    if not _begins_sentence(left):
        return True
    return right[:1] in {":", ","} or right[:2] in _POSSESSIVES or _is_act(after)


def _is_act(key: str) -> bool:
    return key in ACTS or (len(key) > 3 and key.endswith("ed"))


_POSSESSIVES = frozenset({"'s", "\u2019s"})
_DASHES_AND_QUOTES = "\u2013\u2014\u2018\u201c\u00ab"
_BEGINNERS = frozenset(".!?:;…-*•#>|([{\"'/`=" + _DASHES_AND_QUOTES)


def _begins_sentence(left: str) -> bool:
    """Whether nothing, a line break, or the end of another sentence stands before."""
    told = left.rstrip()
    return not told or "\n" in left[len(told) :] or told[-1] in _BEGINNERS
