"""The README tells the truth: its settings, its commands, its GraphQL."""

import re
from pathlib import Path

import typer.main
from graphql import parse, validate

from schema.build import graphql_schema
from server.cli import app
from server.domain.viewer import Scope
from server.settings import Settings

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")


def settings_table() -> str:
    """The table as the settings themselves would write it."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for name, setting in Settings.model_fields.items():
        default = f"`{setting.default}`" if setting.default not in (None, "") else ""
        if setting.default_factory:
            default = "`~/.local/share/whychain`"
        lines.append(f"| `WHYCHAIN_{name.upper()}` | {default} | {setting.description} |")
    return "\n".join(lines)


def test_the_settings_are_these() -> None:
    assert settings_table() in README, settings_table()


def test_every_command_is_told() -> None:
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert f"whychain {name}" in README, name


def test_every_scope_is_told() -> None:
    for scope in Scope:
        assert f"`{scope}`" in README, scope


def test_every_document_fits_the_schema() -> None:
    documents = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)
    assert len(documents) >= 4
    for text in documents:
        assert validate(graphql_schema(), parse(text)) == [], text


def test_every_make_target_and_folder_is_there() -> None:
    root = Path(__file__).parents[2]
    makefile = (root / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`?make (\w+)`?", README)) - {"target"}:
        assert f"\n{target}: " in makefile, target
    for folder in re.findall(r"^\| `([a-z/]+)` \|", README, re.MULTILINE):
        assert (root / folder).is_dir(), folder
