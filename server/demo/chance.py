"""Chance that can be repeated: what is drawn depends on the seed alone."""

import random
from datetime import UTC, date, datetime, time, timedelta

Dice = random.Random


def dice(*seed: object) -> Dice:
    """Dice that always fall alike for the same seed."""
    return random.Random(":".join(map(str, seed)))  # noqa: S311  # a plot, not a secret


def minutes(chance: Dice, least: float, most: float) -> timedelta:
    """A span in whole seconds, small ones being likelier."""
    return timedelta(seconds=round(60 * chance.triangular(least, most, least)))


def in_office_hours(chance: Dice, day: date) -> datetime:
    """A time of that day between 08:30 and 15:30 UTC."""
    return _at(day, chance.uniform(8.5, 15.5))


def most_likely_in_office_hours(chance: Dice, day: date) -> datetime:
    """A time of that day; two of three fall into office hours."""
    return (
        in_office_hours(chance, day) if chance.random() < 2 / 3 else _at(day, chance.uniform(0, 20))
    )


def is_workday(day: date) -> bool:
    """Whether it is a day from Monday to Friday."""
    return day.isoweekday() <= 5


def _at(day: date, hours: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(seconds=round(hours * 3600))
