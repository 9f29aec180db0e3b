"""Scalars: what is written is read back, and is what PostgreSQL writes."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ARRAY, DateTime, Interval, bindparam, func, select, text

from schema.engine.scalars import read_date, read_time, write_duration, write_time
from server.store.database import Database

MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(9000, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone
LENGTHS = st.timedeltas(timedelta(days=-4000), timedelta(days=4000))


@given(MOMENTS)
def test_a_moment_comes_back_as_it_was(moment: datetime) -> None:
    assert read_time(write_time(moment)) == moment


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_in_every_zone(moment: datetime, minutes: int) -> None:
    there = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert write_time(there) == write_time(moment)
    assert read_time(there.isoformat()) == moment


@pytest.mark.parametrize(
    "value",
    [
        5,
        None,
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00Z",
        "20260301T120000Z",
        "2026-W09-7T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T24:00:01Z",
        "2026-03-01T12:00:00+24:00",
        "0001-01-01T00:00:00+23:59",
        "1899-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "٢٠٢٦-03-01T12:00:00Z",
        "2026-03-01T12:00:00Z\n",
        "2026-03-01T12:00:00." + "0" * 1000 + "Z",
    ],
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="DateTime"):
        read_time(value)


@given(st.dates(date(1900, 1, 1), date(9000, 12, 31)))
def test_a_day_comes_back_as_it_was(day: date) -> None:
    assert read_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "value",
    [5, "", "20260301", "2026-W09-7", "2026-02-30", "0001-01-01", "2026-03-01T", "٢٠٢٦-1-1"],
)
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="Date"):
        read_date(value)


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=14), "PT14M"),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (timedelta(days=2), "P2D"),
        (timedelta(milliseconds=500), "PT0.5S"),
        (timedelta(minutes=-5), "-PT5M"),
    ],
)
def test_a_length_of_time_is_iso_8601(length: timedelta, written: str) -> None:
    assert write_duration(length) == written


async def test_moments_are_written_as_postgresql_writes_them(database: Database) -> None:
    moments = [
        datetime(2026, 3, 1, 12, 0, 0, micro, tzinfo=UTC)
        for micro in (0, 1, 10, 500_000, 120_000, 999_999, 100, 123_456)
    ]
    moments += [datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 12, 31, 23, 59, 59, tzinfo=UTC)]
    given_ = bindparam("moments", type_=ARRAY(DateTime(timezone=True)))
    each = func.unnest(given_).table_valued("at").render_derived(name="given")
    rows = await database.fetch(select(func.concat(func.to_json(each.c.at))), moments=moments)
    assert [row[0].strip('"') for row in rows] == [write_time(moment) for moment in moments]


async def test_lengths_are_written_as_postgresql_writes_them(database: Database) -> None:
    lengths = [
        timedelta(days=days, seconds=seconds, microseconds=micro)
        for days in (0, 1, 400)
        for seconds in (0, 59, 60, 3600, 86_399)
        for micro in (0, 1, 500_000)
    ]
    given_ = bindparam("lengths", type_=ARRAY(Interval))
    each = func.unnest(given_).table_valued("long").render_derived(name="given")
    async with database.transaction() as tx:
        await tx.run(text("set local intervalstyle = 'iso_8601'"))
        rows = await tx.fetch(select(func.concat(each.c.long)), lengths=lengths)
    assert [row[0] for row in rows] == [write_duration(length) for length in lengths]
