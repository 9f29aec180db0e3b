"""What `whychain backfill --since` understands."""

from datetime import date

import pytest

from server.backfill import first_day

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("text", "day"),
    [("0d", TODAY), ("90d", date(2026, 8, 4)), ("2026-08-01", date(2026, 8, 1))],
)
def test_the_first_day(text: str, day: date) -> None:
    assert first_day(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["", "d", "90", "-1d", "9999d", "1e9d", "²d", "2026-11-03", "1900-01-01"]
)
def test_what_is_no_day_of_the_past(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        first_day(text, TODAY)
