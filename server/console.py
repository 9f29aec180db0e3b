"""What the modules of the command line share: where they print, their settings, their loop."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import uvloop
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from server import log
from server.settings import Settings

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

FILE_WIDTH = 1_000
"""Characters of a line that goes into a file or another program."""


def print_table(table: Table) -> None:
    """Print a table; where no terminal shows it each row is one line, which can be searched."""
    wide_enough = out if out.is_terminal else Console(width=FILE_WIDTH, highlight=False)
    wide_enough.print(table, soft_wrap=False)


def read_settings() -> Settings:
    """The settings, and logging set up by them; ends the process where one is wrong."""
    try:
        settings = Settings()
    except ValidationError as wrong:
        for each in wrong.errors(include_input=False, include_url=False):
            name = "WHYCHAIN_" + "_".join(map(str, each["loc"])).upper()
            err.print(f"whychain: {name}: {each['msg']}", markup=False)
        sys.exit(2)
    log.configure(settings.log_format)
    return settings


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a command to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)
