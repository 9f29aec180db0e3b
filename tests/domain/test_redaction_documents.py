"""Redaction of whole texts: what was written, and beside it what is shown in its place."""

import tomllib
import unicodedata
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from server.domain.redaction import Directory, KnownPerson, redact, role_of

FOLDER = Path(__file__).parent / "redaction_documents"
RENDERED = ".redacted.md"
WRITTEN = sorted(each for each in FOLDER.glob("*.md") if not each.name.endswith(RENDERED))


def _known(number: int, person: dict[str, Any]) -> KnownPerson:
    return KnownPerson(
        UUID(int=number),
        (person["name"], *person.get("former_names", ())),
        role_of(person.get("team")),
        handles=tuple(person.get("handles", ())),
        emails=tuple(person.get("emails", ())),
        nicknames=tuple(person.get("nicknames", ())),
    )


PEOPLE = tomllib.loads((FOLDER / "people.toml").read_text("utf-8"))["people"]
OFFICE = Directory(tuple(_known(*each) for each in enumerate(PEOPLE)))


@pytest.mark.parametrize("written", WRITTEN, ids=lambda path: path.stem)
def test_a_document_is_shown_as_it_stands_beside_it(written: Path) -> None:
    """One with nothing beside it names nobody."""
    beside = written.with_name(written.stem + RENDERED)
    expected = beside.read_text("utf-8") if beside.exists() else None
    found = redact(written.read_text("utf-8"), OFFICE)
    assert found == (expected and unicodedata.normalize("NFC", expected))
    assert found is None or redact(found, OFFICE) is None
