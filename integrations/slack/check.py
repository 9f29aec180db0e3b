"""What is wrong with a connection to a workspace, and what to click."""

from collections.abc import Iterable, Sequence

from integrations.contract import Connection, Denied, Finding, Http, Missing, Need
from integrations.slack.ask import SlackApi
from integrations.slack.emoji import KINDS, unknown_in
from integrations.slack.settings import CHANNEL

NEEDS = (
    Need("channels:read", "to list the public channels that the app was added to"),
    Need("channels:history", "to read what is said in them"),
    Need("groups:read", "to list the private channels that the app was added to"),
    Need("groups:history", "to read what is said in them"),
    Need("reactions:read", "to hear of reactions, which make entries of the timeline"),
    Need("users:read", "to read who people are"),
    Need("users:read.email", "to know who they are at other vendors"),
    Need("chat:write", "to post reminders"),
    Need("im:write", "to open the conversation with a person who is reminded"),
    Need("im:history", "to find there what was posted already; nothing else of it is kept"),
    Need("metadata.message:read", "to know posts by what they carry, so that none comes twice"),
)
"""Scopes of the bot token; the app's manifest that is shipped has exactly these."""

_RENEW = (
    "Slack does not accept the token. Copy the Bot User OAuth Token (xoxb-…) anew: "
    "api.slack.com/apps → the app → OAuth & Permissions; is it installed to the workspace?"
)
_ADD_SCOPE = (
    "api.slack.com/apps → the app → OAuth & Permissions → Scopes → Bot Token Scopes → Add an OAuth "
    "Scope → {scope}; then Reinstall to Workspace, at the top of that page."
)
_INVITE = (
    "{channel}: the app is not in that channel, or it is not there; open it in Slack, write "
    "/invite @Whychain, or mend the id: the channel's name → About, at the bottom."
)
_ARCHIVED = "{channel} is archived: name another, or unarchive it."


async def check(connection: Connection, http: Http) -> Sequence[Finding]:
    """Whether the token is good and has each scope, and the app is in each channel named."""
    api, findings = SlackApi(http), [_of_emoji(connection)]
    try:
        _, headers = await api.get_with_headers("auth.test")
    except Denied:
        return [*findings, Finding("token", False, _RENEW)]
    scopes = {each.strip() for each in headers.get("x-oauth-scopes", "").split(",")}
    findings.append(Finding("token", True))
    findings += [_of_scope(need, scopes) for need in NEEDS]
    settings = connection.settings
    findings.append(await _of_channels(api, "channels", settings.get("channels", ())))
    findings.append(await _of_channels(api, "teams", settings.get("teams", {}).values()))
    return findings


def _of_emoji(connection: Connection) -> Finding:
    unknown = unknown_in(connection)
    advice = f"Give one of {', '.join(sorted(KINDS))} for {', '.join(unknown)}."
    return Finding("emoji", not unknown, advice if unknown else "")


def _of_scope(need: Need, scopes: set[str]) -> Finding:
    good = need.scope in scopes
    return Finding(need.scope, good, "" if good else _ADD_SCOPE.format(scope=need.scope))


async def _of_channels(api: SlackApi, setting: str, named: Iterable[object]) -> Finding:
    """Whether there is none among the channels of a setting that can be none."""
    faults = [await _fault_of(api, each) for each in dict.fromkeys(map(str, named))]
    advice = " ".join(filter(None, faults))
    return Finding(setting, not advice, advice)


async def _fault_of(api: SlackApi, channel: str) -> str:
    if not CHANNEL.fullmatch(channel):
        return _INVITE.format(channel=channel)
    try:
        found = (await api.get("conversations.info", channel=channel)).object("channel")
    except (Denied, Missing):
        return _INVITE.format(channel=channel)
    if found.flag("is_archived"):
        return _ARCHIVED.format(channel=channel)
    return "" if found.flag("is_member") else _INVITE.format(channel=channel)
