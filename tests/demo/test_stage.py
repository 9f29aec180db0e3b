"""What the demonstration shows in a terminal."""

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from server.commands.work import Office
from server.demo.performance import GITHUB, GRAPHQL, PAGERDUTY, Line
from server.demo.stage import Stage, _Screen
from server.domain.action_item import Sprints
from server.store.database import Database

URL = "http://127.0.0.1:8000"
TOKEN = "t" * 80
AT = datetime(2026, 11, 23, 15, 7, 9, tzinfo=UTC)


@pytest.fixture
def stage(database: Database) -> Stage:
    """A stage whose secrets are being rotated."""
    office = Office(database, lambda hints: None, lambda: None, Sprints(date(2026, 1, 5), 14))
    return Stage(URL, TOKEN, office, "new,old", "only")


@pytest.fixture
def written() -> io.StringIO:
    """What stands in the terminal."""
    return io.StringIO()


@pytest.fixture
def screen(stage: Stage, written: io.StringIO) -> _Screen:
    """A terminal of sixty columns."""
    return _Screen(stage, Console(file=written, width=60))


def test_the_first_of_several_secrets_signs(stage: Stage) -> None:
    assert (stage.address.github_secret, stage.address.pagerduty_secret) == ("new", "only")


def test_what_is_copied_stands_on_one_line(screen: _Screen, written: io.StringIO) -> None:
    screen.welcome()

    assert f"{URL}/graphql#token={TOKEN}\n" in written.getvalue()


def test_the_subscription_names_the_incident(screen: _Screen, written: io.StringIO) -> None:
    incident = "inc_01a2090694f170fdb986e1f72c6c00e3"

    screen.tell(Line(AT, PAGERDUTY, "Somebody is paged", incident=incident))

    assert f'timeline(incident: "{incident}", after: 0)' in written.getvalue()


@pytest.mark.parametrize("door", [GITHUB, PAGERDUTY, GRAPHQL])
def test_texts_are_no_markup(screen: _Screen, written: io.StringIO, door: str) -> None:
    screen.tell(Line(AT, door, "[red]45 % of [/b] requests fail"))

    assert "[red]45 % of [/b] requests fail" in written.getvalue()
    assert "15:07:09" in written.getvalue()
