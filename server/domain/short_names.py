"""The short forms of given names: whoever is known by the one is called by the other."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


def also_called(given: str) -> tuple[str, ...]:
    """The other forms of a folded given name, shorter and longer; those of "liz": "elizabeth"."""
    return _forms().get(given, ())


@cache
def _forms() -> Mapping[str, tuple[str, ...]]:
    file = resources.files("server.domain").joinpath("short_names.toml")
    forms: dict[str, tuple[str, ...]] = {}
    for long, shorts in tomllib.loads(file.read_text("utf-8")).items():
        forms[long] = (*forms.get(long, ()), *shorts)
        for short in shorts:
            forms[short] = (*forms.get(short, ()), long)
    return forms
