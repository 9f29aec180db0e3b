"""The demonstration as it is watched in a terminal."""

from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from server.commands.work import Office
from server.demo.door import Address, Door
from server.demo.load import Loaded, load
from server.demo.performance import GITHUB, GRAPHQL, PAGERDUTY, Line
from server.demo.story import StoryResult, play

SECONDS_BETWEEN_STEPS = 4.2
"""So that the story of some thirty steps takes about two minutes."""

_COLOURS = {GITHUB: "magenta", PAGERDUTY: "green", GRAPHQL: "cyan"}

_DOOR_WIDTH = max(map(len, _COLOURS))

_SUBSCRIPTION = """\
subscription {{
  timeline(incident: "{incident}", after: 0) {{
    ... on TimelineChange {{ sequence change entry {{ kind occurredAt body }} }}
    ... on TimelineLagged {{ skipped resumeAfter }}
  }}
}}"""

_SUSPECTED = """\
query {{
  deployment(repository: "{repository}", sha: "{sha}") {{
    incidents {{ probability incident {{ number title }} }}
  }}
}}"""

_OVERDUE = """\
query {
  actionItems(first: 10, where: { overdue: true }) {
    totalCount
    nodes { title dueOn state owner { name team { name } } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demonstration is played on: a running server, its office, and what opens it.

    Of several secrets, separated by commas, the first one signs.
    """

    base_url: str
    token: str
    office: Office
    github_secret: str
    pagerduty_secret: str

    @property
    def address(self) -> Address:
        """The same, as the story's client wants it."""
        github, _, _ = self.github_secret.partition(",")
        pagerduty, _, _ = self.pagerduty_secret.partition(",")
        return Address(self.base_url, self.token, github, pagerduty)


async def run(
    stage: Stage, *, fast: bool = False, seed: int = 7, console: Console | None = None
) -> StoryResult:
    """Show the demonstration: the past of a seed is loaded, then the story is played live.

    `fast` waits only for what has to be processed. Nothing goes on after the end.

    Raises:
        DoorError: the server did not answer as it has to.
    """
    screen = _Screen(stage, console or Console())
    screen.welcome()
    screen.loaded(await screen.load(seed))
    pace = 0.0 if fast else SECONDS_BETWEEN_STEPS
    async with Door.open(stage.address) as door:
        result = await play(door, pace=pace, tell=screen.tell)
    screen.farewell(result)
    return result


@dataclass(frozen=True, slots=True)
class _Screen:
    """The terminal. Everything that may be copied is printed without being broken into lines."""

    stage: Stage
    console: Console

    def welcome(self) -> None:
        link = f"{self.stage.base_url}/graphql#token={self.stage.token}"
        self.console.print(Panel("Whychain: the demonstration", expand=False, style="bold"))
        self._item("Open", link)
        self._item("Token", self.stage.token)
        self._item("End", "Ctrl-C")
        self.console.print()

    async def load(self, seed: int) -> Loaded:
        """Load the past behind a bar."""
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task("the past", total=None)

            def show(done: int, total: int, about: str) -> None:
                progress.update(task, completed=done, total=total, description=about)

            return await load(self.stage.office, seed, show)

    def loaded(self, past: Loaded) -> None:
        self._say(
            f"Ninety days of an invented shop are there: {past.releases} deployments of eight "
            f"services, {past.incidents} incidents with whys and action items."
        )
        self._say("Now an incident is played live: two pull requests that belong together …")
        self.console.print()

    def tell(self, line: Line) -> None:
        """Print a step of the story."""
        row = Table.grid(padding=(0, 2))
        row.add_row(
            Text(f"{line.at:%H:%M:%S}", style="dim"),
            Text(f"{line.door:<{_DOOR_WIDTH}}", style=_COLOURS[line.door]),
            Text(line.text),
        )
        self.console.print(row)
        if line.incident:
            self.console.print()
            self._say("Watch its timeline: paste this into the page that you opened.")
            self._code(_SUBSCRIPTION.format(incident=line.incident))

    def farewell(self, result: StoryResult) -> None:
        self.console.print()
        self._say("That was the story. What to try next:")
        self._say("1. Ask whether that deployment caused an incident:")
        self._code(_SUSPECTED.format(repository=result.repository, sha=result.dropped_sha))
        self._say("2. See what is overdue, and with whom:")
        self._code(_OVERDUE)
        self._say("3. Run the demonstration again: the past stays, the story happens anew.")

    def _item(self, name: str, value: str) -> None:
        text = Text(f"{name:<7}", style="dim").append(value, style="bold")
        self.console.print(text, soft_wrap=True)

    def _say(self, words: str) -> None:
        self.console.print(Text(words))

    def _code(self, code: str) -> None:
        self.console.print()
        self.console.print(Text(code, style="yellow"), soft_wrap=True)
        self.console.print()
