"""How Slack is asked, and what it means when it answers 200 and says that it will not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.contract import Denied, Http, Missing, Rejected, Reply, Unwell
from integrations.payload import NAME_LIMIT, PROSE_LIMIT, JsonObject, read_object

PAGE_SIZE = 200
"""Slack's advice for every list."""

_UNTOLD_SECONDS = 30.0
"""How long to stay away where a limit is reached without a word of until when (Slack's own)."""

# Slack takes JSON without it too, and warns.
_JSON = {"content-type": "application/json; charset=utf-8"}


class PageGone(Rejected):
    """The place in a list where reading was to go on is not known any more."""


_DENIED = {
    "access_denied",
    "account_inactive",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
}
_MISSING = {
    "channel_not_found",
    "is_archived",
    "message_not_found",
    "not_in_channel",
    "thread_not_found",
    "user_disabled",
    "user_not_found",
}
_UNWELL = {
    "fatal_error",
    "internal_error",
    "ratelimited",
    "rate_limited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
}
_GONE = {"invalid_cursor"}

_RAISED: Mapping[str, type[Exception]] = {
    **dict.fromkeys(_DENIED, Denied),
    **dict.fromkeys(_MISSING, Missing),
    **dict.fromkeys(_UNWELL, Unwell),
    **dict.fromkeys(_GONE, PageGone),
}
"""Slack's words for what is wrong, as far as they decide what happens next."""


@dataclass(frozen=True, slots=True)
class SlackApi:
    """Slack's Web API: `conversations.history` and its kin, each a path of its own."""

    http: Http

    async def get(self, method: str, **query: str) -> JsonObject:
        """What a method that only reads answers."""
        answer, _ = await self.get_with_headers(method, **query)
        return answer

    async def get_with_headers(
        self, method: str, **query: str
    ) -> tuple[JsonObject, Mapping[str, str]]:
        """The same, with the headers, which tell the token's scopes."""
        reply = await self.http.get(f"/{method}", query=query)
        return _answer(method, reply), reply.headers

    async def page(self, method: str, after: str | None, **query: str) -> tuple[JsonObject, str]:
        """A page of a list, and where the next one begins: "" behind the last."""
        place = {"cursor": after} if after else {}
        answer = await self.get(method, limit=str(PAGE_SIZE), **query, **place)
        more = answer.object_or_none("response_metadata")
        return answer, (more.identity_or_none("next_cursor", PROSE_LIMIT) if more else None) or ""

    async def post(self, method: str, body: Mapping[str, Any]) -> JsonObject:
        """What a method that does something answers."""
        return _answer(method, await self.http.send("POST", f"/{method}", body, headers=_JSON))


def _answer(method: str, reply: Reply) -> JsonObject:
    """The answer, if it is a good one. Of another only the words that we know are repeated."""
    answer = read_object(reply.body)
    if answer.flag("ok"):
        return answer
    error = answer.identity_or_none("error", NAME_LIMIT) or ""
    raised = _RAISED.get(error, Rejected)
    told = error if error in _RAISED else "a word that says nothing to us"
    trouble = f"Slack answers {method} with {told}."
    if raised is Unwell:
        raise Unwell(trouble, _pause(reply))
    raise raised(trouble)


def _pause(reply: Reply) -> float:
    told = reply.headers.get("retry-after", "")
    return float(told) if told.isdecimal() and len(told) < 6 else _UNTOLD_SECONDS
