"""Addresses of incidents, and the ids that texts mention."""

from uuid import UUID

import pytest

from server.domain.link import Links, incidents_in

KEY = UUID("018f6b2e-5c00-7000-8000-00000000beef")
PUBLIC = f"inc_{KEY.hex}"


def test_a_template_makes_an_address() -> None:
    assert (
        Links("https://x.example/i/{id}?tab=1").incident(KEY)
        == f"https://x.example/i/{PUBLIC}?tab=1"
    )
    assert Links().incident(KEY) is None


@pytest.mark.parametrize("text", [PUBLIC, f"see https://x.example/i/{PUBLIC}?tab=1", f"({PUBLIC})"])
def test_a_text_mentions_an_incident(text: str) -> None:
    assert list(incidents_in(text)) == [KEY]


@pytest.mark.parametrize("text", ["", PUBLIC[:-1], f"{PUBLIC}0", f"x{PUBLIC}", PUBLIC.upper()])
def test_what_only_looks_like_it_is_no_incident(text: str) -> None:
    assert list(incidents_in(text)) == []
