"""A GitHub App's token for one installation, which lasts an hour.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app has the rules.
"""

from datetime import datetime, timedelta

from integrations.contract import Connection, Http, Secret, SignsJwt, Token
from integrations.github.ask import GitHubApi
from integrations.payload import PROSE_LIMIT, read_object

_BEFORE = timedelta(minutes=1)
_AFTER = timedelta(minutes=9)
"""GitHub takes no claim of more than ten minutes, nor one from a clock that is ahead of its own."""


async def authorize(
    connection: Connection, http: Http, sign: SignsJwt, now: datetime
) -> Token | None:
    """A token of the installation; None where the connection is no App's."""
    app, installation = (connection.settings.get(each) for each in ("app", "installation"))
    key = connection.secrets.get("app_key")
    if key is None or app is None or installation is None:
        return None
    times = {"iat": int((now - _BEFORE).timestamp()), "exp": int((now + _AFTER).timestamp())}
    claims = {**times, "iss": str(app)}
    as_app = GitHubApi(connection, http, Secret(sign(key, claims)))
    reply = await as_app.post(f"/app/installations/{int(installation)}/access_tokens")
    answer = read_object(reply.body)
    token = Secret(answer.identity("token", PROSE_LIMIT))
    return Token(token, answer.instant("expires_at"))
