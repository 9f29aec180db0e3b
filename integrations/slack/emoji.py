"""Reactions that make an entry of the timeline out of a message."""

from collections.abc import Mapping

from integrations.contract import Connection

KINDS = frozenset(
    {
        "ACKNOWLEDGED", "ANOMALY", "DECLARED", "DEPLOYMENT", "HYPOTHESIS", "MESSAGE", "MITIGATION",
        "NOTE", "PAGED", "RECOVERY", "ROOT_CAUSE", "STATUS",
    }
)  # fmt: skip
"""The kinds of timeline entries."""

USUAL: Mapping[str, str] = {
    "rotating_light": "ANOMALY",
    "mag": "HYPOTHESIS",
    "dart": "ROOT_CAUSE",
    "fire_extinguisher": "MITIGATION",
    "white_check_mark": "RECOVERY",
    "pushpin": "NOTE",
}
"""What is understood where the setting `emoji` is not there; where it is, it is all there is."""


def kinds_of(connection: Connection | None) -> Mapping[str, str]:
    """The kind that each emoji stands for; what `check` finds fault with is left out."""
    named = connection.settings.get("emoji") if connection else None
    if named is None:
        return USUAL
    return {_name(emoji): kind for emoji, kind in named.items() if _is_kind(kind)}


def unknown_in(connection: Connection) -> list[str]:
    """The emoji of the setting whose kind is none."""
    named = connection.settings.get("emoji", {})
    return sorted(str(emoji) for emoji, kind in named.items() if not _is_kind(kind))


def kind_of(reaction: str, kinds: Mapping[str, str]) -> str | None:
    """What a reaction makes of a message, whatever the colour of its skin."""
    return kinds.get(reaction.partition("::")[0])


def _name(emoji: str) -> str:
    return emoji.strip(":").lower()


def _is_kind(kind: object) -> bool:
    return isinstance(kind, str) and kind in KINDS
