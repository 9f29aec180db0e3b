"""Making and revoking tokens, and telling who bears one."""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from server.commands.work import utc_now
from server.domain.text import check_text
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Refused, Unauthenticated, refuse
from server.store import token as tokens
from server.store.database import Database, Row
from server.store.ids import new_id
from server.store.token import find

PREFIX = "whc_"
"""What every token begins with, so that scanners of leaked secrets can tell it."""

SECRET_BYTES = 32
MAX_NAME = 200
MAX_TOKEN = 512
"""Characters of a token; nothing longer is hashed."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: its plaintext is shown once and kept nowhere."""

    id: UUID
    plaintext: str


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as an operator may see it."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    person_id: UUID | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def create(
    database: Database,
    name: str,
    scopes: frozenset[Scope],
    *,
    person_id: UUID | None = None,
    expires_at: datetime | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> NewToken:
    """Make a token that carries these scopes, until `expires_at` if that is given.

    Raises:
        Refused: the name is empty, no scope is given, the expiry is past, or nobody has that id.
    """
    now = clock()
    problems = check_text(name, MAX_NAME, "name", what="name")
    if problems:
        raise Refused(*problems)
    if not scopes:
        raise refuse(ErrorCode.INVALID, "Give at least one scope.", "scopes")
    if expires_at and expires_at <= now:
        raise refuse(ErrorCode.INVALID, "It would have expired already.", "expiresAt")
    made = NewToken(new_id(), PREFIX + secrets.token_urlsafe(SECRET_BYTES))
    kept = await tokens.insert(
        database,
        id=made.id,
        name=name.strip(),
        hash=_digest(made.plaintext),
        scopes=sorted(scope.value for scope in scopes),
        person_id=person_id,
        created_at=now,
        expires_at=expires_at,
    )
    if not kept:
        raise refuse(ErrorCode.NOT_FOUND, "There is no such person.", "person")
    return made


async def list_all(database: Database) -> tuple[KnownToken, ...]:
    """The tokens, newest first, revoked and expired ones too."""
    rows = await tokens.newest(database)
    return tuple(
        KnownToken(**{**dict(row), "scopes": tuple(row["scopes"])})  # columns are the fields
        for row in rows
    )


async def revoke(
    database: Database, id_or_name: str, *, clock: Callable[[], datetime] = utc_now
) -> int:
    """Revoke the token with this id, or every token of this name; how many were revoked.

    It counts everywhere within `CACHED_FOR`.

    Raises:
        Refused: NOT_FOUND, no valid token has that id or name.
    """
    try:
        token_id, name = UUID(id_or_name), None
    except ValueError:
        token_id, name = None, id_or_name
    revoked = await tokens.revoke(database, token_id, name, clock())
    if not revoked:
        raise refuse(ErrorCode.NOT_FOUND, "No valid token has that id or name.", "token")
    return revoked


CACHED_FOR = timedelta(seconds=1)
"""How long a bearer is remembered: a revocation counts everywhere after this time."""

MAX_CACHED = 1024

ADMIN = Viewer("admin", "admin", frozenset({Scope.ADMIN}))
"""The bearer of the token in the settings."""


@dataclass(frozen=True, slots=True)
class _Bearer:
    viewer: Viewer
    expires_at: datetime | None
    asked_at: datetime


class Gatekeeper:
    """Tells who bears a token: the doors' `Authorise`.

    `admin_token` is the operator's own, from the settings; without one there is none.
    """

    def __init__(
        self,
        database: Database,
        admin_token: str | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._admin = _digest(admin_token) if admin_token else None
        self._clock = clock
        self._bearers: OrderedDict[bytes, _Bearer] = OrderedDict()

    async def __call__(self, token: str) -> Viewer:
        """The bearer of `token`.

        Raises:
            Unauthenticated: nobody, or it is expired or revoked.
            Unavailable: the database cannot be asked now.
        """
        if len(token) > MAX_TOKEN:
            raise _unknown()
        digest = _digest(token)
        if self._admin and hmac.compare_digest(digest, self._admin):
            return ADMIN
        if not token.startswith(PREFIX):
            raise _unknown()
        now = self._clock()
        bearer = self._remembered(digest, now) or await self._ask(digest, now)
        if _is_over(bearer.expires_at, now):
            raise _unknown()
        return bearer.viewer

    async def vouch(self, tokens: Collection[str]) -> dict[str, Viewer]:
        """The bearers of those of these tokens that are good at this moment.

        Raises:
            Unavailable: the database cannot be asked now.
        """
        now = self._clock()
        digests = {token: _digest(token) for token in tokens}
        known = await find(self._database, digests.values())
        found = {}
        for token, digest in digests.items():
            row = known.get(digest)
            if self._admin and hmac.compare_digest(digest, self._admin):
                found[token] = ADMIN
            elif row and not row["revoked_at"] and not _is_over(row["expires_at"], now):
                found[token] = _viewer(row)
        return found

    def _remembered(self, digest: bytes, now: datetime) -> _Bearer | None:
        bearer = self._bearers.get(digest)
        # A clock that was set back must not keep a revoked token alive.
        fresh = bearer and timedelta(0) <= now - bearer.asked_at < CACHED_FOR
        return bearer if fresh else None

    async def _ask(self, digest: bytes, now: datetime) -> _Bearer:
        self._bearers.pop(digest, None)
        row = (await find(self._database, [digest])).get(digest)
        if row is None or row["revoked_at"]:
            raise _unknown()
        bearer = _Bearer(_viewer(row), row["expires_at"], now)
        self._bearers[digest] = bearer
        if len(self._bearers) > MAX_CACHED:
            self._bearers.popitem(last=False)
        return bearer


def _is_over(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and expires_at <= now


def _viewer(row: Row) -> Viewer:
    # A scope that this version does not know grants nothing.
    scopes = frozenset(scope for scope in Scope if scope.value in row["scopes"])
    return Viewer(f"token:{row['id']}", row["name"], scopes, row["person_id"])


def _digest(token: str) -> bytes:
    """The SHA-256 of a token, which has too much entropy to need a slower hash."""
    return sha256(token.encode(errors="surrogatepass")).digest()


def _unknown() -> Unauthenticated:
    return Unauthenticated("The token is unknown, expired or revoked.")
