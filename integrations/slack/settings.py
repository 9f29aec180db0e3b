"""What an operator says of a workspace, and how it is read."""

import re
from collections.abc import Mapping, Sequence

from integrations.contract import Connection, Setting, SettingKind

CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}", re.ASCII)
"""The id of a channel; one of a direct conversation begins with D."""

SETTINGS = (
    Setting(
        "token",
        SettingKind.SECRET,
        "The bot token (xoxb-…): api.slack.com/apps → your app → OAuth & Permissions.",
        required=True,
    ),
    Setting(
        "channels",
        SettingKind.TEXTS,
        'Ids of the channels to read: ["C024BE91L"]. By default all that the app was added to.',
    ),
    Setting(
        "teams",
        SettingKind.TABLE,
        'By a team\'s slug, the id of the channel for posts to it: {payments = "C024BE91L"}.',
    ),
    Setting(
        "emoji",
        SettingKind.TABLE,
        "By a reaction's name, the kind of timeline entry that it makes of a message: "
        '{pushpin = "NOTE", fire_extinguisher = "MITIGATION"}.',
    ),
)


def channels_of(connection: Connection) -> Sequence[str]:
    """The channels that are named; none where all are read."""
    named = connection.settings.get("channels", ())
    return [each for each in named if CHANNEL.fullmatch(each)]


def teams_of(connection: Connection) -> Mapping[str, str]:
    """The channel for posts to each team."""
    named = connection.settings.get("teams", {})
    return {
        slug: channel
        for slug, channel in named.items()
        if isinstance(channel, str) and CHANNEL.fullmatch(channel)
    }


def reads(connection: Connection, channel: str) -> bool:
    """Whether what is said in a channel is read."""
    named = connection.settings.get("channels")
    return named is None or channel in named


def reader_of(channel: str, connections: Sequence[Connection]) -> Connection | None:
    """The connection that a channel's events concern: one that names it, else one that reads all.

    Events do not say for which token they are meant.
    """
    readers = [each for each in connections if reads(each, channel)]
    return min(readers, key=lambda each: "channels" not in each.settings, default=None)
