"""`whychain.toml`: what may stand in it, and how each mistake in it is told."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.contract import Connection, Manifest, Secret, Setting, SettingKind, WebhookPolicy
from server.connections import Connections, ConnectionsError, load

KINDS = {
    "token": SettingKind.SECRET,
    "team": SettingKind.TEXT,
    "days": SettingKind.NUMBER,
    "deep": SettingKind.SWITCH,
    "repositories": SettingKind.TEXTS,
    "names": SettingKind.TABLE,
}


@dataclass(frozen=True)
class Plugin:
    """An integration that has a setting of every kind."""

    manifest: Manifest


FULL = Plugin(
    Manifest(
        "full",
        "Full",
        frozenset(),
        webhook=WebhookPolicy("FULL_WEBHOOK_SECRET", 1000),
        base_url="https://full.example",
        settings=tuple(
            Setting(name, kind, "Ask them for it.", required=name == "token")
            for name, kind in KINDS.items()
        ),
    )
)
BARE = Plugin(Manifest("bare", "Bare", frozenset()))
INSTALLED = {"full": FULL, "bare": BARE}

FIRST = """
[[connection]]
integration = "full"
name = "acme"
token = { env = "ACME_TOKEN" }
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", "t0ken")


def loaded(folder: Path, text: str) -> Connections:
    file = folder / "whychain.toml"
    file.write_text(text)
    return load(file, INSTALLED)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConnectionsError) as raised:
        loaded(folder, text)
    told = str(raised.value)
    assert "t0ken" not in told
    assert "literal" not in told
    lines = told.splitlines()
    assert all(line.startswith(f"{folder / 'whychain.toml'}: ") for line in lines)
    return [line.removeprefix(f"{folder / 'whychain.toml'}: ") for line in lines]


def test_without_a_file_there_are_none() -> None:
    assert load(None, INSTALLED) == Connections()


def test_a_connection_has_what_its_manifest_knows(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("one,two\n")
    found = loaded(
        tmp_path,
        FIRST
        + """
        webhook_secret = { file = "secret" }
        base_url = "https://full.acme.example/api/v3/"
        team = "Shop"
        days = 2.5
        deep = true
        repositories = ["a/b"]
        names = { a = "b" }

        [[connection]]
        integration = "bare"
        name = "other"
        base_url = "http://127.0.0.1:8080"
        """,
    )
    settings = {
        "team": "Shop",
        "days": 2.5,
        "deep": True,
        "repositories": ["a/b"],
        "names": {"a": "b"},
    }
    acme = Connection(
        "full",
        "acme",
        "https://full.acme.example/api/v3",
        settings,
        {"token": Secret("t0ken")},
    )
    other = Connection("bare", "other", "http://127.0.0.1:8080")
    assert found.all == (acme, other)
    assert found.webhook_secrets["full"] == (Secret("one"), Secret("two"))
    assert found.called("acme") == found.called("full") == (acme,)
    assert found.called("nobody") == ()
    assert "t0ken" not in repr(found)


def test_two_accounts_of_one_integration_differ_by_name(tmp_path: Path) -> None:
    found = loaded(tmp_path, FIRST + FIRST.replace("acme", "emca"))
    assert [each.name for each in found.called("full")] == ["acme", "emca"]
    assert mistakes(tmp_path, FIRST + FIRST) == [
        "connection 2: name: it is that of connection 1 already."
    ]


HOW = 'a secret does not stand here: write { env = "NAME" } or { file = "…" }.'


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('token = "literal"', f"token: {HOW}"),
        ('token = { env = "A", file = "b" }', f"token: {HOW}"),
        ('token = { env = "literal-2" }', f"token: {HOW}"),
        ('token = { env = "NOT_SET" }', "token: the environment has no NOT_SET."),
        ("", "token: it is missing: Ask them for it."),
        ('webhook_secret = "literal"', f"webhook_secret: {HOW}"),
        ('tokn = "literal"', "tokn: Full has no such setting."),
        ("team = 1", "team: give a text."),
        ('days = "literal"', "days: give a number."),
        ("days = true", "days: give a number."),
        ("deep = 1", "deep: give true or false."),
        ('repositories = "literal"', "repositories: give a list of texts."),
        ("repositories = [1]", "repositories: give a list of texts."),
        ('names = "literal"', "names: give a table."),
    ],
)
def test_a_mistake_names_its_table_and_key(tmp_path: Path, line: str, told: str) -> None:
    first = FIRST.replace('token = { env = "ACME_TOKEN" }\n', "") if "token" in told else FIRST
    assert mistakes(tmp_path, first + line)[0] == f"connection 1 (acme): {told}"


@pytest.mark.parametrize(
    "url",
    [
        '"ftp://full.example"',
        '"full.example"',
        '"https://"',
        '"https://literal:literal@full.example"',
        '"https://full.example?literal"',
        '"https://full.example#x"',
        '"https://full.example:99999"',
        '"https://full example"',
        "1",
    ],
)
def test_a_base_url_is_an_address_over_http(tmp_path: Path, url: str) -> None:
    (told,) = mistakes(tmp_path, FIRST + f"base_url = {url}")
    assert told.startswith("connection 1 (acme): base_url: give an http or https address")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """
    [[connection]]
    integration = "unknown"
    name = "one"
    [[connection]]
    integration = "bare"
    webhook_secret = { env = "ACME_TOKEN" }
    [[connection]]
    integration = "full"
    name = "no/name"
    token = { file = "nowhere" }
    """
    assert mistakes(tmp_path, text) == [
        "connection 1 (one): integration: give one of bare, full.",
        "connection 2: name: give a name of letters, digits, dots, dashes and underscores.",
        "connection 2: base_url: it is missing.",
        "connection 2: webhook_secret: Bare sends no webhooks.",
        "connection 3: name: give a name of letters, digits, dots, dashes and underscores.",
        f"connection 3: token: {tmp_path / 'nowhere'} cannot be read: No such file or directory.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('token = "literal', "it is no TOML (at end of document)."),
        ('token = "literal\n"', "it is no TOML (at line 1, column 17)."),
        ("[connections]", "connections: there is nothing of this name."),
        ("[connection]", "connection: write [[connection]], with two brackets."),
        ("connection = [1]", "connection 1: it is no table."),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert mistakes(tmp_path, text) == [told]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectionsError, match="No such file or directory"):
        load(tmp_path / "nothing.toml", INSTALLED)


def test_a_file_of_a_secret_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff")
    for name, told in {"empty": "is empty", "binary": "holds no text"}.items():
        text = FIRST.replace('env = "ACME_TOKEN"', f'file = "{name}"')
        assert mistakes(tmp_path, text) == [
            f"connection 1 (acme): token: {tmp_path / name} {told}."
        ]
