"""The connections to vendors' accounts, as `whychain.toml` has them.

    [[connection]]
    integration = "github"
    name = "acme"
    base_url = "https://github.acme.example/api/v3"    # the vendor's own by default
    token = { env = "ACME_GITHUB_TOKEN" }              # or { file = "/run/secrets/token" }
    webhook_secret = { file = "webhook-secret" }       # beside the file, where it is relative

What else a table may hold are the settings of the integration's manifest. Secrets stand in the
environment or in files, never in this one, and no message repeats a value.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from integrations.contract import Connection, Integration, Secret, Setting, SettingKind
from server.errors import WhychainError

WEBHOOK_SECRET = "webhook_secret"  # noqa: S105  # a key's name
_OWN = {"integration", "name", "base_url", WEBHOOK_SECRET}
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

Table: TypeAlias = dict[str, Any]


class ConnectionsError(WhychainError):
    """`whychain.toml` cannot be used: every mistake in it, with its table and key."""


@dataclass(frozen=True, slots=True)
class Connections:
    """All connections, and the secrets that sign webhooks of their integrations."""

    all: tuple[Connection, ...] = ()
    webhook_secrets: Mapping[str, tuple[Secret, ...]] = field(default_factory=dict)

    def called(self, name: str) -> tuple[Connection, ...]:
        """The connection of that name, else all of the integration of that name."""
        by_name = tuple(each for each in self.all if each.name == name)
        return by_name or tuple(each for each in self.all if each.integration == name)


def load(file: Path | None, integrations: Mapping[str, Integration]) -> Connections:
    """The connections that a file describes; none without a file.

    Raises:
        ConnectionsError: it cannot be read, or anything in it is wrong.
    """
    if file is None:
        return Connections()
    tables = tables_of(file, "connection")
    readings = [_Reading(file, number, table) for number, table in enumerate(tables, 1)]
    connections = [each.connection(integrations) for each in readings]
    mistakes = [mistake for each in readings for mistake in each.mistakes]
    mistakes += _doubles(file, connections)
    if mistakes:
        raise ConnectionsError("\n".join(mistakes))
    secrets: dict[str, tuple[Secret, ...]] = {}
    for each in readings:
        name = each.table["integration"]
        secrets[name] = secrets.get(name, ()) + each.webhook_secrets
    return Connections(tuple(filter(None, connections)), secrets)


KINDS = {"connection", "language_rule"}


def tables_of(file: Path, kind: str) -> list[Any]:
    """The tables of a kind that a file holds.

    Raises:
        ConnectionsError: it cannot be read, or holds what is of none of the kinds.
    """
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except OSError as trouble:
        raise ConnectionsError(f"{file}: it cannot be read: {trouble.strerror}.") from None
    except ValueError as wrong:
        # A parser's message may quote the line that it stumbled on; this one names its place.
        place = re.search(r"at line \d+, column \d+|at end of document", str(wrong))
        raise ConnectionsError(f"{file}: it is no TOML ({place[0] if place else '?'}).") from None
    if unknown := [name for name in document if name not in KINDS]:
        raise ConnectionsError(f"{file}: {unknown[0]}: there is nothing of this name.")
    tables = document.get(kind, [])
    if not isinstance(tables, list):
        raise ConnectionsError(f"{file}: {kind}: write [[{kind}]], with two brackets.")
    return tables


def _doubles(file: Path, connections: list[Connection | None]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, each in enumerate(connections, 1):
        if each and seen.setdefault(each.name, number) != number:
            first = seen[each.name]
            yield f"{file}: connection {number}: name: it is that of connection {first} already."


@dataclass(slots=True)
class _Reading:
    """One table being read; what is wrong with it is gathered, not raised."""

    file: Path
    number: int
    table: Table
    mistakes: list[str] = field(default_factory=list)
    webhook_secrets: tuple[Secret, ...] = ()

    def connection(self, integrations: Mapping[str, Integration]) -> Connection | None:
        """The connection, if nothing is wrong with it."""
        if not isinstance(self.table, dict):
            self.wrong(None, "it is no table")
            return None
        known = self._integration(integrations)
        name = self._name()
        if known is None:
            return None
        manifest = known.manifest
        settings = {each.name: each for each in manifest.settings}
        for key in sorted(set(self.table) - set(settings) - _OWN):
            self.wrong(key, f"{manifest.title} has no such setting")
        base_url = self._base_url(manifest.base_url)
        if WEBHOOK_SECRET in self.table:
            self._read_webhook_secret(known)
        values = {key: self._value(each) for key, each in settings.items()}
        found = {key: value for key, value in values.items() if value is not None}
        secrets = {key: value for key, value in found.items() if isinstance(value, Secret)}
        plain = {key: value for key, value in found.items() if key not in secrets}
        if self.mistakes:
            return None
        return Connection(manifest.name, name, base_url, plain, secrets)

    def wrong(self, key: str | None, what: str) -> None:
        """Note a mistake."""
        named = self.table.get("name") if isinstance(self.table, dict) else None
        which = f" ({named})" if isinstance(named, str) and _NAME.fullmatch(named) else ""
        where = f"{self.file}: connection {self.number}{which}"
        self.mistakes.append(f"{where}: {key}: {what}." if key else f"{where}: {what}.")

    def _integration(self, integrations: Mapping[str, Integration]) -> Integration | None:
        name = self.table.get("integration")
        found = integrations.get(name) if isinstance(name, str) else None
        if found is None:
            self.wrong("integration", f"give one of {', '.join(sorted(integrations))}")
        return found

    def _name(self) -> str:
        name = self.table.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name):
            return name
        self.wrong("name", "give a name of letters, digits, dots, dashes and underscores")
        return ""

    def _base_url(self, usual: str | None) -> str:
        url = self.table.get("base_url", usual)
        if url is None:
            self.wrong("base_url", "it is missing")
        elif not _is_base_url(url):
            self.wrong("base_url", "give an http or https address without user, query and fragment")
        else:
            return str(url).rstrip("/")
        return ""

    def _value(self, setting: Setting) -> Any:
        if setting.name not in self.table:
            if setting.required:
                self.wrong(setting.name, f"it is missing: {setting.about.rstrip('.')}")
            return None
        value = self.table[setting.name]
        if setting.kind is SettingKind.SECRET:
            return self._secret(setting.name, value)
        if not _fits(setting.kind, value):
            self.wrong(setting.name, f"give {_FORMS[setting.kind]}")
        return value

    def _read_webhook_secret(self, integration: Integration) -> None:
        if integration.manifest.webhook is None:
            self.wrong(WEBHOOK_SECRET, f"{integration.manifest.title} sends no webhooks")
            return
        secret = self._secret(WEBHOOK_SECRET, self.table[WEBHOOK_SECRET])
        if secret:
            self.webhook_secrets = split(secret.value)

    def _secret(self, key: str, told: Any) -> Secret | None:
        match told:
            case {"env": str(name), **rest} if not rest and _VARIABLE.fullmatch(name):
                found = os.environ.get(name, "")
                trouble = f"the environment has no {name}"
            case {"file": str(name), **rest} if not rest:
                found, trouble = _content(self.file.parent / name)
            case _:
                found = ""
                trouble = 'a secret does not stand here: write { env = "NAME" } or { file = "…" }'
        if not found:
            self.wrong(key, trouble)
        return Secret(found) if found else None


def split(text: str) -> tuple[Secret, ...]:
    """The secrets in a text that holds several, separated by commas, while one rotates."""
    return tuple(Secret(part) for part in text.split(",") if part)


def _content(file: Path) -> tuple[str, str]:
    """What a secret's file holds, else what is the trouble with it."""
    try:
        return file.read_text("utf-8").strip(), f"{file} is empty"
    except OSError as trouble:
        return "", f"{file} cannot be read: {trouble.strerror}"
    except ValueError:
        return "", f"{file} holds no text"


def _is_base_url(url: object) -> bool:
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        rest = parts.username, parts.query, parts.fragment, parts.port == 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(rest)


_FORMS: dict[SettingKind, str] = {
    SettingKind.TEXT: "a text",
    SettingKind.NUMBER: "a number",
    SettingKind.SWITCH: "true or false",
    SettingKind.TEXTS: "a list of texts",
    SettingKind.TABLE: "a table",
}


def _fits(kind: SettingKind, value: object) -> bool:
    match kind, value:
        case SettingKind.SWITCH, bool():
            return True
        case SettingKind.NUMBER, int() | float():
            return not isinstance(value, bool)
        case SettingKind.TEXT, str():
            return bool(value)
        case SettingKind.TEXTS, [*items]:
            return all(isinstance(item, str) and item for item in items)
        case SettingKind.TABLE, dict():
            return True
        case _:
            return False
