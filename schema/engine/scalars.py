"""Scalars, written as PostgreSQL writes them in JSON, so that both ways of reading agree."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NewType

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

Duration = NewType("Duration", timedelta)
Representation = NewType("Representation", object)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def write_time(value: datetime) -> str:
    """RFC 3339 in UTC, the fraction without trailing zeros: 2026-03-01T12:00:00.5+00:00."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if value.microsecond else text}+00:00"


def read_time(value: object) -> datetime:
    """Parse RFC 3339, to the microsecond.

    Raises:
        ValueError: it is something else; without an offset nobody knows when it was.
    """
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("A DateTime is RFC 3339 with an offset, for example 2026-03-01T12:00:00Z.")
    try:
        utc = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such DateTime.") from None
    if not 1900 <= utc.year <= 9000:
        raise ValueError("A DateTime lies between the years 1900 and 9000.")
    return utc


def read_date(value: object) -> date:
    """Parse an ISO 8601 day.

    Raises:
        ValueError: it is something else.
    """
    message = "A Date is a day, for example 2026-03-01."
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(message)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(message) from None
    if not 1900 <= day.year <= 9000:
        raise ValueError("A Date lies between the years 1900 and 9000.")
    return day


def write_duration(value: timedelta) -> str:
    """ISO 8601 in days, hours, minutes and seconds: PT14M, P1DT2H, PT0S; -PT5M where negative."""
    sign, length = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, second = divmod(length.seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    seconds = f"{second}{fraction}"
    clock = "".join(
        f"{amount}{unit}"
        for amount, unit in ((hour, "H"), (minute, "M"), (seconds, "S"))
        if amount not in (0, "0")
    )
    day = f"{length.days}D" if length.days else ""
    if not day and not clock:
        return "PT0S"
    return f"{sign}P{day}T{clock}" if clock else f"{sign}P{day}"


def _no_input(_: object) -> timedelta:
    raise ValueError("A Duration is never an input.")


_SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment: RFC 3339, in UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=write_time,
        parse_value=read_time,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day: ISO 8601, for example 2026-03-01.",
        serialize=date.isoformat,
        parse_value=read_date,
    ),
    Duration: strawberry.scalar(
        name="Duration",
        description="A length of time: ISO 8601, for example PT14M.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
        serialize=write_duration,
        parse_value=_no_input,
    ),
    Representation: strawberry.scalar(
        name="_Any",
        description="An entity by its key: an object with a `__typename` and the key's fields.",
        parse_value=lambda value: value,
    ),
}


def config() -> StrawberryConfig:
    """Strawberry's configuration with these scalars."""
    return StrawberryConfig(scalar_map=_SCALARS)
