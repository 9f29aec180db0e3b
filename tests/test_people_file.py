"""A file of people is taken whole, or each of its mistakes is told with its line."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from server.people_file import PeopleFileError, read
from server.store.database import Database
from server.store.tables import identity, person
from tests.commands.stored import Stored

ADA = """\
name,email,github_id,github_handle,slack_id
Ada Lovelace, Ada@Example.com,1,ada-l,U1
"Hopper, Grace",,2,,
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "people.csv"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: there is no column name."),
        ("name,phone\n", "line 1: 'phone' is none of name, email, team, …_id, …_handle."),
        ("name,name\n", "line 1: the column name is there twice."),
        ("name,github_handle\n", "line 1: github_handle tells nobody without github_id."),
        ("name,email\nAda\n", "line 2: it has 1 cells in place of 2."),
        (
            "name,email\nAda,a@x.example\nGrace,A@x.example\n",
            "line 3: email: it is that of line 2 already.",
        ),
        (
            "name,slack_id\nAda,U1\nGrace,U1\n",
            "line 3: slack_id: it is that of line 2 already.",
        ),
        ('name\n"Ada', "it is no CSV in UTF-8."),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(PeopleFileError) as wrong:
        read(file)
    assert told in str(wrong.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeopleFileError, match=r"cannot be read: No such file"):
        read(tmp_path / "nobody.csv")


async def run(url: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Import a file, as an operator would."""
    monkeypatch.setenv("WHYCHAIN_DATABASE_URL", url)
    arguments = ["people", "import", str(file)]
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    return done.exit_code, str(done.exception or done.output)


async def test_everybody_is_told_or_nobody(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = Stored(database)
    await stored.automatic_person("ada-l", "github", "1")
    wrong = written(tmp_path, ADA + "Alan,nowhere,3,,\nMary,,4,,\n")
    code, output = await run(database_url, wrong, monkeypatch)
    assert code == 1
    assert "line 4: email: Give one e-mail address" in output
    assert {row["name"] for row in await stored.rows(person)} == {"ada-l"}
    code, output = await run(database_url, written(tmp_path, ADA), monkeypatch)
    assert (code, output) == (0, "2 people are told.\n")
    rows = {row["name"]: row for row in await stored.rows(person)}
    assert set(rows) == {"Ada Lovelace", "Hopper, Grace"}
    ada = rows["Ada Lovelace"]["id"]
    assert {row["provider"] for row in await stored.rows(identity, person_id=ada)} == {
        "github",
        "slack",
    }
