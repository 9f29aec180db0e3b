"""What services, teams and people may be called, and by what sources know them."""

import re
from collections.abc import Sequence

from server.domain.text import check_text
from server.errors import ErrorCode, Problem
from server.term import Term

MAX_NAME = 200
MAX_EMAIL = 254
"""Characters of an address (RFC 5321, section 4.5.3.1.3, without its brackets)."""

MAX_NICKNAME = 100
MAX_NICKNAMES = 20


class OtherName(Term):
    """What else a person is called than by their name."""

    NICKNAME = "NICKNAME", "What others call them."
    FORMER = "FORMER", "What they were called before; texts of that time call them so."


_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_VENDOR_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
_EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+")
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def check_slug(slug: str, *field: str) -> tuple[Problem, ...]:
    """What forbids a slug."""
    message = "A slug has 1 to 63 small letters, digits and hyphens, and begins with no hyphen."
    return _unless(_SLUG.fullmatch(slug), message, *field)


def check_name(name: str, *field: str) -> tuple[Problem, ...]:
    """What forbids the name of a service, a team or a person."""
    return check_text(name, MAX_NAME, *field, what="name")


def check_nicknames(nicknames: Sequence[str], *field: str) -> tuple[Problem, ...]:
    """What forbids the nicknames of a person."""
    if len(nicknames) > MAX_NICKNAMES:
        message = f"A person has at most {MAX_NICKNAMES} nicknames."
        return (Problem(ErrorCode.TOO_MANY, message, field),)
    return tuple(
        problem
        for index, each in enumerate(nicknames)
        for problem in check_text(each, MAX_NICKNAME, *field, str(index), what="nickname")
    )


def check_repository(repository: str, *field: str) -> tuple[Problem, ...]:
    """What forbids a repository's name."""
    return _unless(_REPOSITORY.fullmatch(repository), 'Write it as "owner/name".', *field)


def check_vendor_id(external_id: str, *field: str) -> tuple[Problem, ...]:
    """What forbids the id of a paging system's service."""
    message = "Give the id as the paging system shows it: letters, digits, _ and -."
    return _unless(_VENDOR_ID.fullmatch(external_id), message, *field)


def check_email(email: str, *field: str) -> tuple[Problem, ...]:
    """What forbids an address. Whether it can receive mail is not ours to know."""
    fits = len(email) <= MAX_EMAIL and _EMAIL.fullmatch(email)
    return _unless(fits, "Give one e-mail address, as name@example.com.", *field)


def plain_email(email: str) -> str:
    """The address as it is kept and compared: people write one address in several cases."""
    return email.strip().lower()


def check_provider(provider: str, *field: str) -> tuple[Problem, ...]:
    """What forbids the name of a provider of identities."""
    message = 'Name the provider in small letters, as "github" or "pagerduty".'
    return _unless(_PROVIDER.fullmatch(provider), message, *field)


def repository_name(repository: str) -> str:
    """The name of a repository without its owner's."""
    return repository.rpartition("/")[2]


def _unless(fits: object, message: str, *field: str) -> tuple[Problem, ...]:
    return () if fits else (Problem(ErrorCode.INVALID, message, field),)
