"""What GitHub is asked with: a token that lasts, or the token of a GitHub App's installation.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app has the rules.
"""

from datetime import datetime, timedelta

import jwt

from integrations.contract import Connection, Credential, Denied, Http, Secret
from integrations.github.ask import GitHubApi
from integrations.payload import PROSE_LIMIT, read_object

_BEFORE = timedelta(minutes=1)
_AFTER = timedelta(minutes=9)
"""GitHub takes no claim of more than ten minutes, nor one from a clock that is ahead of its own."""


async def credential(connection: Connection, http: Http, now: datetime) -> Credential:
    """The headers of every request; an App's token lasts an hour.

    Raises:
        Denied: the App's private key is none.
    """
    token = connection.secrets.get("token")
    if token is not None:
        return Credential(_bearer(token.value))
    installation = connection.settings.get("installation")
    if installation is None or not is_app(connection):
        return Credential({})
    path = f"/app/installations/{int(installation)}/access_tokens"
    api = GitHubApi(connection, http)
    answer = read_object((await api.post(path, as_app(connection, now))).body)
    made = answer.identity("token", PROSE_LIMIT)
    return Credential(_bearer(made), answer.instant("expires_at"))


def is_app(connection: Connection) -> bool:
    """Whether the connection names an App and its private key."""
    return "app" in connection.settings and "app_key" in connection.secrets


def as_app(connection: Connection, now: datetime) -> dict[str, str]:
    """The headers of a request that an App makes as itself, not as its installation.

    Raises:
        Denied: there is no App, or its private key is none.
    """
    app, key = connection.settings.get("app"), connection.secrets.get("app_key")
    if app is None or key is None:
        raise Denied("The connection names no GitHub App with its private key.")
    return {name: each.value for name, each in _bearer(_claim(str(app), key, now)).items()}


def _claim(app: str, key: Secret, now: datetime) -> str:
    """What an App says of itself, signed with its private key."""
    claims = {"iat": now - _BEFORE, "exp": now + _AFTER, "iss": app}
    try:
        return jwt.encode(claims, key.value, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        # Not from it: what a library says of a key may quote it.
        raise Denied("The private key of the GitHub App cannot be read.") from None


def _bearer(token: str) -> dict[str, Secret]:
    return {"authorization": Secret(f"Bearer {token}")}
