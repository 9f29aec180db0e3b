"""A folder of post-mortems: written once, and again only where something changed."""

import asyncio
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from server.cli import app
from server.commands.postmortem_document import Document
from server.export import ExportError, export
from server.store.database import Database
from server.store.tables import incident, postmortem
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored

ONE = Document(7, "Checkout | fails", "SEV1", date(2026, 11, 2), "# One\n")
TWO = Document(8, "Ünïcode", "SEV4", date(2026, 11, 3), "# Two\n")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_each_has_its_file_and_the_index_leads_there(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"
    assert export([ONE, TWO], folder).written == 3
    assert names(folder) == [
        "2026-11-02-7-checkout-fails.md",
        "2026-11-03-8-unicode.md",
        "index.md",
    ]
    assert (folder / "2026-11-02-7-checkout-fails.md").read_text("utf-8") == "# One\n"
    assert (folder / "index.md").read_text("utf-8").splitlines()[4:] == [
        "| 2026-11-03 | [\\#8 Ünïcode](<2026-11-03-8-unicode.md>) | SEV4 |",
        "| 2026-11-02 | [\\#7 Checkout \\| fails](<2026-11-02-7-checkout-fails.md>) | SEV1 |",
    ]


def test_only_what_changed_is_written_again(tmp_path: Path) -> None:
    export([ONE, TWO], tmp_path)
    file = tmp_path / "2026-11-02-7-checkout-fails.md"
    before = file.stat()
    assert export([TWO, ONE], tmp_path).written == 0
    assert file.stat() == before
    changed = Document(8, TWO.title, TWO.severity, TWO.day, "# Three\n")
    assert export([ONE, changed], tmp_path).written == 1


def test_a_new_title_is_a_new_name_and_nothing_else_is_touched(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine", "utf-8")
    (tmp_path / "2026-11-02-77-other.md").write_text("other", "utf-8")
    export([ONE], tmp_path)
    export([Document(7, "Payments fail", "SEV1", ONE.day, ONE.text)], tmp_path)
    assert names(tmp_path) == [
        "2026-11-02-7-payments-fail.md",
        "2026-11-02-77-other.md",
        "index.md",
        "notes.md",
    ]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ExportError, match="cannot be written"):
        export([ONE], tmp_path / "file" / "folder")


async def published(stored: Stored) -> UUID:
    """A published post-mortem, whose title and text name somebody."""
    incident_id = await stored.add(
        incident,
        title="Ada saw it",
        title_redacted="an engineer saw it",
        severity="SEV2",
        status="RESOLVED",
        declared_at=MONDAY,
    )
    return await stored.add(
        postmortem,
        incident_id=incident_id,
        state="PUBLISHED",
        missing=[],
        published_at=MONDAY,
        markdown="# Ada\n",
        markdown_redacted="# an engineer\n",
    )


@pytest.fixture
def stored(database: Database) -> Stored:
    """What is stored."""
    return Stored(database)


async def test_the_command_tells_no_names_unless_they_are_wanted(
    stored: Stored, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await published(stored)
    monkeypatch.setenv("WHYCHAIN_DATABASE_URL", database_url)

    async def run(*options: str) -> str:
        arguments = ["export", str(tmp_path / options[0]), *options[1:]]
        told = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        assert told.exit_code == 0, told.output
        return told.output

    assert "1 post-mortems; 2 files were written" in await run("plain")
    assert "1 post-mortems; 0 files were written" in await run("plain")
    plain = [file.read_text("utf-8") for file in (tmp_path / "plain").iterdir()]
    assert "Ada" not in "".join([*names(tmp_path / "plain"), *plain])
    await run("named", "--with-names", "--since", "2026-11-02", "--state", "published")
    assert any(name.endswith("-ada-saw-it.md") for name in names(tmp_path / "named"))
    assert "0 post-mortems" in await run("later", "--since", "2026-11-03")
