"""Every form in which vendors say how long to stay away."""

from datetime import UTC, datetime

import pytest

from server.domain.integration import Budget
from server.outbound.limits import LONGEST_SECONDS, UNTOLD_SECONDS, budget, stay_away
from tests.outbound.conftest import NOON

NOW = datetime.fromtimestamp(NOON, UTC)
LATER = "2026-11-02T12:01:30+00:00"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {}, UNTOLD_SECONDS),
        (429, {"retry-after": "7"}, 7),
        (429, {"retry-after": "Mon, 02 Nov 2026 12:01:30 GMT"}, 90),
        (429, {"retry-after": "Mon, 02 Nov 2026 11:00:00 GMT"}, 0),
        (429, {"retry-after": "9" * 40}, LONGEST_SECONDS),
        (429, {"retry-after": "-5"}, UNTOLD_SECONDS),
        (429, {"retry-after": "soon"}, UNTOLD_SECONDS),
        (429, {"retry-after": "²"}, UNTOLD_SECONDS),
        (403, {"retry-after": "7"}, 7),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON) + 90)}, 90),
        (429, {"ratelimit-remaining": "0", "ratelimit-reset": "90"}, 90),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": LATER}, 90),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "nan"}, UNTOLD_SECONDS),
        (403, {"x-ratelimit-remaining": "0"}, UNTOLD_SECONDS),
        (403, {"x-ratelimit-remaining": "17", "x-ratelimit-reset": "90"}, None),
        (403, {}, None),
        (401, {"retry-after": "7"}, None),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "90"}, None),
    ],
)
def test_how_long_to_stay_away(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert stay_away(status, headers, b"", NOW) == seconds


def test_githubs_secondary_limit_is_known_by_its_words() -> None:
    body = b'{"message": "You have exceeded a secondary rate limit."}'
    assert stay_away(403, {}, body, NOW) == UNTOLD_SECONDS


def test_what_is_left_is_known_where_it_is_said() -> None:
    headers = {"x-ratelimit-remaining": "12", "x-ratelimit-limit": "5000"}
    assert budget(headers, NOW) == Budget(12, 5000, None)
    assert budget({"x-ratelimit-remaining": "a few"}, NOW) is None
