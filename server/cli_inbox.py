"""The commands `whychain inbox …`: looking at the webhooks that were kept, and mending them."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column, Table
from rich.text import Text

from server.app import open_office
from server.commands import inbox
from server.commands.inbox import KnownDelivery, Wanted
from server.commands.work import Office
from server.console import err, out, print_table, read_settings, run
from server.domain.delivery import DeliveryState
from server.domain.viewer import Scope, Viewer

inbox_app = typer.Typer(
    help="Webhooks that were kept: look at them, process them again, give them up.",
    no_args_is_help=True,
)

PREFIX = "dlv_"
"""What the public id of a delivery begins with, here and in the API."""

Id = Annotated[str, typer.Argument(metavar="ID", help="The delivery: dlv_…")]


@inbox_app.command("list")
def list_deliveries(
    state: Annotated[
        DeliveryState | None, typer.Option(case_sensitive=False, help="Only in this state.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only of this integration.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only after this time, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only before this time, in UTC.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 20,
    after: Annotated[str | None, typer.Option(help="The last one of the page before.")] = None,
) -> None:
    """Show what came in, the newest first."""
    wanted = Wanted(state, source, _utc(since), _utc(until))
    run(_list(wanted, _key(after, "--after") if after else None, limit))


async def _list(wanted: Wanted, after: UUID | None, limit: int) -> None:
    async with at_work() as (office, operator):
        found = await inbox.page(office, operator, wanted, after=after, limit=limit + 1)
    print_table(_table(found[:limit]))
    if len(found) > limit:
        out.print(f"There are more: --after {_id(found[limit - 1])}", markup=False)


def _table(deliveries: Sequence[KnownDelivery]) -> Table:
    names = ("received", "source", "event", "state", "attempts", "error")
    others = [Column(name, overflow="fold") for name in names]
    table = Table(Column("id", no_wrap=True), *others, box=None)
    for each in deliveries:
        received = each.received_at.isoformat(" ", "seconds")
        cells = (_id(each), received, each.source, each.event, each.state, str(each.attempts))
        table.add_row(*map(Text, cells), Text(_printable(each.error or "")))
    return table


@inbox_app.command("show")
def show_delivery(
    delivery: Id,
    body: Annotated[bool, typer.Option("--body", help="What it says, and only that.")] = False,
) -> None:
    """Show one delivery; its body on request only, for it may hold personal data."""
    run(_show_body(_key(delivery, "ID")) if body else _show(_key(delivery, "ID")))


async def _show(key: UUID) -> None:
    async with at_work() as (office, operator):
        found = await inbox.show(office, operator, key)
    table = Table.grid(padding=(0, 2))
    for name, value in _told(found).items():
        table.add_row(name, Text(_printable(value)))
    print_table(table)


def _told(found: KnownDelivery) -> dict[str, str]:
    processed = found.processed_at
    return {
        "id": _id(found),
        "source": found.source,
        "event": found.event,
        "key": found.key,
        "state": f"{found.state}: {found.state.meaning}",
        "attempts": str(found.attempts),
        "error": found.error or "",
        "received": found.received_at.isoformat(" ", "seconds"),
        "processed": processed.isoformat(" ", "seconds") if processed else "",
        "body": "gone" if found.body_bytes is None else f"{found.body_bytes} bytes",
    }


async def _show_body(key: UUID) -> None:
    async with at_work() as (office, operator):
        body = await inbox.show_body(office, operator, key)
    err.print("A body may hold personal data: look at it, and do not pass it on.", markup=False)
    if out.is_terminal:
        out.print(_printable(body.decode(errors="replace")), markup=False)
    else:
        sys.stdout.buffer.write(body)


@inbox_app.command("replay")
def replay_deliveries(
    delivery: Annotated[str | None, typer.Argument(metavar="[ID]", help="One: dlv_…")] = None,
    all_parked: Annotated[bool, typer.Option("--all-parked", help="All that are parked.")] = False,
    source: Annotated[str | None, typer.Option(help="Of these only this integration's.")] = None,
) -> None:
    """Process one delivery once more, or all that are parked."""
    if (delivery is not None) is all_parked:
        raise typer.BadParameter("Give either one delivery or --all-parked.")
    if source is not None and not all_parked:
        raise typer.BadParameter("It goes with --all-parked.", param_hint="--source")
    run(_replay_parked(source) if delivery is None else _replay(_key(delivery, "ID")))


async def _replay(key: UUID) -> None:
    async with at_work() as (office, operator):
        await inbox.replay(office, operator, key)
    out.print("It waits to be processed by a running server or worker.")


async def _replay_parked(source: str | None) -> None:
    async with at_work() as (office, operator):
        count = await inbox.replay_parked(office, operator, source)
    out.print(f"{count} wait to be processed by a running server or worker.")


@inbox_app.command("discard")
def discard_delivery(delivery: Id) -> None:
    """Give up a parked delivery: its body is deleted."""
    run(_discard(_key(delivery, "ID")))


async def _discard(key: UUID) -> None:
    async with at_work() as (office, operator):
        await inbox.discard(office, operator, key)
    out.print("Discarded.")


@asynccontextmanager
async def at_work() -> AsyncIterator[tuple[Office, Viewer]]:
    """An office, and whoever is at the command line: who can reach the database may do it all."""
    operator = Viewer(f"command-line:{os.getuid()}", "command line", frozenset({Scope.ADMIN}))
    async with open_office(read_settings()) as office:
        yield office, operator


def _id(found: KnownDelivery) -> str:
    return f"{PREFIX}{found.id.hex}"


def _key(text: str, hint: str) -> UUID:
    try:
        return UUID(text.removeprefix(PREFIX))
    except ValueError:
        raise typer.BadParameter(f"Give a delivery's id: {PREFIX}…", param_hint=hint) from None


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time else None


def _printable(text: str) -> str:
    """A text that commands nothing to a terminal."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\ufffd" for each in text)
