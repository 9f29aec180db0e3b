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
    also = (*person.get("nicknames", ()), *person.get("former_names", ()))
    return KnownPerson(
        UUID(int=number),
        (person["name"], *also),
        role_of(person.get("team")),
        handles=tuple(person.get("handles", ())),
        emails=tuple(person.get("emails", ())),
    )


NOT_YET = frozenset(
    [
        "chat_ids",
        "chat_in_small_letters",
        "former_names",
        "grace_and_hope_are_people",
        "grace_and_hope_are_words",
        "initials_and_surnames",
        "initials_in_a_timeline",
        "mail_thread",
        "may_is_a_month",
        "nicknames_of_one",
        "possessives",
        "short_forms",
        "ticket_mentions",
        "will_and_mark_are_people",
        "will_and_mark_are_words",
    ]
)

PEOPLE = tomllib.loads((FOLDER / "people.toml").read_text("utf-8"))["people"]
OFFICE = Directory(tuple(_known(*each) for each in enumerate(PEOPLE)))


@pytest.mark.parametrize("written", WRITTEN, ids=lambda path: path.stem)
def test_a_document_is_shown_as_it_stands_beside_it(
    written: Path, request: pytest.FixtureRequest
) -> None:
    """One with nothing beside it names nobody."""
    if written.stem in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True))
    beside = written.with_name(written.stem + RENDERED)
    expected = beside.read_text("utf-8") if beside.exists() else None
    found = redact(written.read_text("utf-8"), OFFICE)
    assert found == (expected and unicodedata.normalize("NFC", expected))
    assert found is None or redact(found, OFFICE) is None
