"""What repositories, commits and deployments are called, however a dialect writes it."""

import hashlib
import json
import re

from integrations.contract import Malformed

_COMMIT = re.compile("[0-9a-f]{7,64}")

_ADDRESS = re.compile(r"(?:git\+)?(?:(?:https?|ssh|git)://[^/\s]+/|[^@/\s]+@[^:/\s]+:)(.+)")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}(?:/[A-Za-z0-9_.-]{1,100})*")
_LONGEST_REPOSITORY = 255


def repository(text: str, member: str, *, alone: bool = False) -> str:
    """The name ("owner/name", or with the groups between) that a text says, or that an address of
    Git leads to. A name `alone`, without an owner, may do where nobody can add one.

    Raises:
        Malformed: neither.
    """
    address = _ADDRESS.fullmatch(text)
    name = (address[1] if address else text).strip("/").removesuffix(".git")
    fits = len(name) <= _LONGEST_REPOSITORY and _REPOSITORY.fullmatch(name)
    if not fits or not (alone or "/" in name):
        raise Malformed(f"{member} must be owner/name, or the address of a Git repository")
    return name


def commit(text: str, member: str) -> str:
    """A commit's sha, in small letters.

    Raises:
        Malformed: it is none.
    """
    sha = text.lower()
    if not _COMMIT.fullmatch(sha):
        raise Malformed(f"{member} must be a commit's sha: 7 to 64 hexadecimal digits")
    return sha


def digest(dialect: str, *parts: str) -> str:
    """A name for what is known by several texts of any length: short, ASCII, and of its dialect."""
    return f"{dialect}:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"
