"""The commands `whychain people …`: telling who is who, for many at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server import people_file
from server.cli_inbox import at_work
from server.commands import person as people
from server.console import out, run
from server.errors import Refused

people_app = typer.Typer(help="People: tell who is who at each vendor.", no_args_is_help=True)


@people_app.callback()
def _people() -> None:
    """People: tell who is who at each vendor."""


@people_app.command("import")
def import_people(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="One person a line.")],
) -> None:
    """Create and change the people of a file: all of them, or none where one cannot be taken."""
    run(_import(file))


async def _import(file: Path) -> None:
    commands = people_file.read(file)
    async with at_work() as (office, operator):
        try:
            told = await people.upsert_all(office, operator, commands)
        except Refused as refused:
            raise people_file.told(file, refused.problems) from None
    out.print(f"{len(told)} people are told.", markup=False)
