"""What an answer says of the vendor's limits: how long to stay away, and how much is left."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from server.domain.integration import Budget

UNTOLD_SECONDS = 60.0
"""How long to stay away where a limit is reached and nothing says until when (GitHub's advice)."""

LONGEST_SECONDS = 24 * 3600.0
"""No vendor is believed that wants to be left alone for longer."""

_SECONDS_OF_A_CLOCK = 1_000_000_000
"""From here on, a reset is a time since 1970; below, a number of seconds from now."""


def stay_away(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> float | None:
    """Seconds to stay away, where this answer says that a limit is reached.

    429 always does. 403 does with Retry-After or nothing remaining, or where GitHub's secondary
    limit, which comes without either, is named in the body.
    """
    if status not in {403, 429}:
        return None
    told = retry_after(headers, now)
    if told is None:
        told = _until_reset(headers, now)
    if told is None and (status == 429 or b"secondary rate limit" in body):
        return UNTOLD_SECONDS
    return told


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """What Retry-After says, in seconds from now; None where it is missing or unreadable."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_SECONDS)
    try:
        return _until(parsedate_to_datetime(text), now)
    except (ValueError, OverflowError):
        return None


def budget(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """What is left of the limit, where the answer says so."""
    remaining = _number(_limit_header(headers, "remaining"))
    if remaining is None:
        return None
    return Budget(remaining, _number(_limit_header(headers, "limit")), _reset(headers, now))


def _limit_header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(f"x-ratelimit-{name}") or headers.get(f"ratelimit-{name}") or ""


def _number(text: str) -> int | None:
    text = text.strip()
    return min(int(text), 2**31 - 1) if text.isdecimal() and len(text) < 20 else None


def _until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    left = budget(headers, now)
    if left is None or left.remaining > 0:
        return None
    return _until(left.resets_at, now) if left.resets_at else UNTOLD_SECONDS


def _reset(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the limit is full again: GitHub says a time, PagerDuty seconds, Jira ISO 8601."""
    text = _limit_header(headers, "reset").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _iso(text)
    try:
        clock = seconds if seconds >= _SECONDS_OF_A_CLOCK else now.timestamp() + seconds
        return datetime.fromtimestamp(clock, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _until(time: datetime, now: datetime) -> float:
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return min(max((time - now).total_seconds(), 0.0), LONGEST_SECONDS)
