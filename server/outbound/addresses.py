"""Addresses at a vendor: how they are put together, and which of them are the vendor's."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin, urlsplit

from integrations.contract import Rejected

_PORTS = {"http": 80, "https": 443}

_BETWEEN_LINKS = re.compile(r",\s*(?=<)")


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port.

    Raises:
        ValueError: it is no address over HTTP.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("It is no address over HTTP.")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def address(base_url: str, path: str, query: Mapping[str, str] | None) -> str:
    """The address of a path below the base URL."""
    if not path.startswith("/"):
        raise Rejected("A path begins with a slash.")
    url = base_url + path
    return f"{url}{'&' if '?' in path else '?'}{urlencode(query)}" if query else url


def followed(base_url: str, at: str, target: str) -> str:
    """The address that an answer from `at` leads to.

    Raises:
        Rejected: it is elsewhere than the base URL; nobody goes there with a credential.
    """
    url = urljoin(at, target)
    try:
        same = origin(url) == origin(base_url) and _is_plain(url)
    except ValueError:
        same = False
    if not same:
        raise Rejected("The vendor's answer leads to another host; nobody was asked there.")
    return url


def _is_plain(url: str) -> bool:
    """Whether nobody could read another host in it: no user, no backslash, nothing invisible."""
    return urlsplit(url).username is None and "\\" not in url and url.isprintable()


def next_of(header: str) -> str | None:
    """The target of `rel="next"` in a Link header (RFC 8288)."""
    for link in _BETWEEN_LINKS.split(header):
        target, _, parameters = link.strip().removeprefix("<").partition(">")
        if any(map(_says_next, parameters.split(";"))):
            return target
    return None


def _says_next(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip().lower() == "rel" and "next" in value.strip(' "').lower().split()


def shown(url: str) -> str:
    """An address as it may be told: without its query, which may hold anything."""
    return urlsplit(url).path
