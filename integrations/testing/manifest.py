"""What a plugin says of itself: it can be used, and fits what the plugin can do."""

import re
from urllib.parse import urlsplit

from integrations.contract import (
    AnswersChallenges,
    Backfills,
    Checks,
    Integration,
    KeepsTickets,
    Manifest,
    Polls,
    PostsMessages,
    ReceivesWebhooks,
    ResolvesPages,
    Role,
    TellsDeployments,
)
from integrations.testing.demands import require

_ASKING = (Polls, Backfills, Checks, KeepsTickets, PostsMessages, ResolvesPages, TellsDeployments)
_RESERVED = {"integration", "name", "base_url", "webhook_secret"}


def check_manifest(plugin: Integration) -> None:
    """It has a name that fits in a path, a title, roles; settings and needs are explained."""
    manifest = plugin.manifest
    require(re.fullmatch(r"[a-z][a-z0-9-]*", manifest.name), "the name must fit in a path")
    require(manifest.title and manifest.roles, "a title and a role are needed")
    _require_settings(manifest)
    scopes = [need.scope for need in manifest.needs]
    require(len(scopes) == len(set(scopes)), "a need is named twice")
    for need in manifest.needs:
        require(need.scope and need.why, f"say what {need.scope or 'a need'} is needed for")
    if manifest.rate:
        rate = manifest.rate
        fits = min(rate.requests, rate.per_seconds, rate.poll_seconds) > 0
        require(fits, "the rates are numbers above 0")


def check_powers(plugin: Integration) -> None:
    """What it can do, and what its manifest says, are one."""
    manifest, roles = plugin.manifest, plugin.manifest.roles
    receives = isinstance(plugin, ReceivesWebhooks)
    _require_same(receives, manifest.webhook, "ReceivesWebhooks", "webhook")
    _require_same(
        isinstance(plugin, KeepsTickets), Role.TICKETS in roles, "KeepsTickets", "TICKETS"
    )
    posts = isinstance(plugin, PostsMessages)
    _require_same(posts, Role.MESSAGES in roles, "PostsMessages", "MESSAGES")
    pages = Role.PAGES in roles or not isinstance(plugin, ResolvesPages)
    require(pages, "who resolves pages has Role.PAGES")
    answers = receives or not isinstance(plugin, AnswersChallenges)
    require(answers, "who answers challenges receives webhooks")
    require(isinstance(plugin, Checks) or not manifest.needs, "who has needs checks them: Checks")
    asks = any(isinstance(plugin, power) for power in _ASKING)
    require(asks or receives, "it has no power: neither asks nor receives")
    if asks:
        _require_address(manifest.base_url)
        require(manifest.rate, "who asks says how much may be asked: rate")


MANIFEST_CHECKS = (check_manifest, check_powers)


def _require_settings(manifest: Manifest) -> None:
    names = [setting.name for setting in manifest.settings]
    require(len(names) == len(set(names)), "a setting is named twice")
    for setting in manifest.settings:
        name = setting.name
        require(re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{name!r} must be a key of TOML: a_word")
        require(name not in _RESERVED, f"{name} means something else in every connection")
        require(setting.about.strip(), f"say where an operator finds the value of {name}: about")


def _require_address(base_url: str | None) -> None:
    """None is well, where each account has an address of its own."""
    if base_url is None:
        return
    url = urlsplit(base_url)
    good = url.scheme == "https" and url.hostname and url.path[-1:] != "/"
    require(good, "base_url is https, with no slash at its end")


def _require_same(has_power: bool, declared: object, power: str, word: str) -> None:
    require(has_power or not declared, f"the manifest says {word}, but {power} is not satisfied")
    require(declared or not has_power, f"it satisfies {power}: the manifest must say {word}")
