"""The command `whychain`."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import typer
from rich.table import Table

from server.app import House, connected, open_house
from server.backfill import backfill as read_past
from server.backfill import first_day
from server.cli_inbox import at_work, inbox_app
from server.cli_people import people_app
from server.commands import token as tokens
from server.commands.postmortem_document import Wanted, documents
from server.console import err, out, print_table, read_settings, run
from server.demo.door import DoorError
from server.demo.stage import Stage
from server.demo.stage import run as play
from server.doctor import Finding, examine
from server.domain.postmortem import PostmortemState
from server.domain.viewer import Scope
from server.errors import WhychainError
from server.export import export as write_folder
from server.serving import Server, listen, port_of
from server.settings import Settings
from server.store.embedded import EmbeddedPostgresError

app = typer.Typer(
    help="The GraphQL API for blameless post-mortems.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
token_app = typer.Typer(help="Bearer tokens: make, list and revoke them.", no_args_is_help=True)
app.add_typer(token_app, name="token")
app.add_typer(inbox_app, name="inbox")
app.add_typer(people_app, name="people")


def main() -> None:
    """Run the command line; trouble that a person can mend is told in one line."""
    try:
        app()
    except (WhychainError, EmbeddedPostgresError, DoorError) as trouble:
        err.print(f"whychain: {trouble}", markup=False)
        sys.exit(1)


# ── serving ──────────────────────────────────────────────────────────────────

Jobs = Annotated[bool, typer.Option(help="Run the jobs in this process too.")]


@app.command()
def serve(jobs: Jobs = True) -> None:
    """Serve the API, the live feed and the webhooks."""
    run(_serve(read_settings(), jobs=jobs))


async def _serve(settings: Settings, *, jobs: bool) -> None:
    own_token = _own_token(settings)
    with _listening(settings) as listening:
        async with open_house(settings, admin_token=own_token, jobs=jobs) as house:
            url = _url(settings.host, port_of(listening))

            def started() -> None:
                _welcome(url, own_token, has_admin=settings.admin_token is not None)

            await Server(
                house.doors,
                settings.drain_seconds,
                started,
                direct_sockets=settings.direct_sockets,
            ).serve([listening])


def _listening(settings: Settings) -> Any:
    try:
        return listen(settings.host, settings.port)
    except OSError as taken:
        message = f"cannot listen on {settings.host}:{settings.port}: {taken.strerror}."
        err.print(f"whychain: {message} Set WHYCHAIN_HOST or WHYCHAIN_PORT.", markup=False)
        sys.exit(1)


def _own_token(settings: Settings) -> str | None:
    """A token for this start, where nobody set one and nobody else can reach the server."""
    if settings.admin_token or not _is_loopback(settings.host):
        return None
    return secrets.token_urlsafe(24)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _welcome(url: str, own_token: str | None, *, has_admin: bool) -> None:
    out.print(f"Whychain serves {url}/graphql", markup=False)
    if not own_token and not has_admin:
        out.print("There is no admin token. Make tokens with: whychain token create", markup=False)
    if own_token:
        out.print(f"Token of this start: {own_token}", markup=False)
        out.print(f"Open GraphiQL: {url}/graphql#token={quote(own_token)}", markup=False)


@app.command()
def worker() -> None:
    """Run the jobs only: webhooks that were kept, polling, attribution."""
    run(_work(read_settings()))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_house(settings):
        out.print("Whychain runs its jobs", markup=False)
        await stop.wait()


@app.command()
def migrate() -> None:
    """Bring the database to this release; safe to run anywhere, any number of times."""
    run(_migrate(read_settings()))


async def _migrate(settings: Settings) -> None:
    async with connected(settings):
        out.print("The database is at this release.")


@app.command()
def demo(
    fast: Annotated[bool, typer.Option("--fast", help="Do not wait between steps.")] = False,
    seed: Annotated[int, typer.Option(help="Which history.")] = 7,
    leave: Annotated[bool, typer.Option("--exit", help="Stop when the story is told.")] = False,
) -> None:
    """Load a history, and play an incident live through the real doors."""
    run(_demo(read_settings(), fast=fast, seed=seed, leave=leave))


async def _demo(settings: Settings, *, fast: bool, seed: int, leave: bool) -> None:
    settings = _demo_settings(settings)
    token = secrets.token_urlsafe(24)
    with _listening(settings) as listening:
        async with open_house(settings, admin_token=token) as house:
            server = Server(house.doors, 1.0, lambda: None)
            serving = asyncio.create_task(server.serve([listening]))
            stage = _stage(settings, house, _url(settings.host, port_of(listening)), token)
            playing = asyncio.create_task(play(stage, fast=fast, seed=seed, console=out))
            await asyncio.wait({serving, playing}, return_when=asyncio.FIRST_COMPLETED)
            failed = playing.done() and playing.exception() is not None
            server.should_exit |= leave or failed
            await serving
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing


def _demo_settings(settings: Settings) -> Settings:
    """The demo has data of its own, and secrets to sign its webhooks with."""
    changes: dict[str, Any] = {
        "github_webhook_secret": settings.github_webhook_secret or secrets.token_urlsafe(24),
        "pagerduty_webhook_secret": settings.pagerduty_webhook_secret or secrets.token_urlsafe(24),
    }
    if not settings.database_url:
        changes["data_dir"] = settings.data_dir / "demo"
    return Settings.model_validate({**settings.model_dump(), **changes})


def _stage(settings: Settings, house: House, url: str, token: str) -> Stage:
    github, pagerduty = settings.github_webhook_secret, settings.pagerduty_webhook_secret
    return Stage(
        base_url=url,
        token=token,
        office=house.office,
        github_secret=github.get_secret_value() if github else "",
        pagerduty_secret=pagerduty.get_secret_value() if pagerduty else "",
    )


@app.command()
def doctor() -> None:
    """Look at the settings, the connections and the database, and say what to mend."""
    findings: list[Finding] = []
    run(_examine(read_settings(), findings))
    for finding in findings:
        mark = "ok" if finding.well else "no"
        advice = "" if finding.well or not finding.advice else f". {finding.advice}"
        out.print(f"{mark}  {finding.what}: {finding.found}{advice}", markup=False)
    if not all(finding.well or finding.optional for finding in findings):
        sys.exit(1)


async def _examine(settings: Settings, findings: list[Finding]) -> None:
    findings += await examine(settings)


@app.command()
def backfill(
    target: Annotated[str, typer.Argument(help="A connection's name, or an integration's.")],
    since: Annotated[str, typer.Option(help="How far back: 90d, or a day.")],
) -> None:
    """Read the past of connections; safe to interrupt, and to run again to go on."""
    try:
        day = first_day(since, datetime.now(UTC).date())
    except ValueError:
        hint = "Give a number of days, as 90d, or a day, as 2026-08-01."
        raise typer.BadParameter(hint, param_hint="--since") from None
    whole: list[bool] = []
    try:
        run(_backfill(read_settings(), target, day, whole))
    except KeyboardInterrupt:
        out.print("Interrupted. The same command goes on from here.")
        sys.exit(130)
    if not all(whole):
        sys.exit(1)


async def _backfill(settings: Settings, target: str, day: date, whole: list[bool]) -> None:
    whole.append(await read_past(settings, target, day, out))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where to write them.")],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only those published, or begun, since this day."),
    ] = None,
    state: Annotated[
        PostmortemState, typer.Option(case_sensitive=False, help="Only in this state.")
    ] = PostmortemState.PUBLISHED,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="Name people, in place of their roles.")
    ] = False,
) -> None:
    """Write post-mortems as Markdown files with an index; safe to run again."""
    wanted = Wanted(state, since.date() if since else None)
    run(_export(folder, wanted, named=with_names))


async def _export(folder: Path, wanted: Wanted, *, named: bool) -> None:
    async with at_work() as (office, operator):
        found = await documents(office.database, operator, wanted, named=named)
    exported = write_folder(found, folder)
    out.print(
        f"{folder}: {exported.documents} post-mortems; {exported.written} files were written.",
        markup=False,
    )


# ── tokens ───────────────────────────────────────────────────────────────────


@token_app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is for, in a few words.")],
    scope: Annotated[list[Scope], typer.Option(help="A right it carries; repeat for more.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it lives.")] = None,
    person: Annotated[str | None, typer.Option(help="Whom it speaks for: a Person's id.")] = None,
) -> None:
    """Make a token; it is shown once, and only its hash is kept."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    person_id = _person_id(person) if person else None
    run(_create_token(read_settings(), name, frozenset(scope), person_id, expires_at))


def _person_id(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("per_"))
    except ValueError:
        raise typer.BadParameter("Give a Person's id: per_…", param_hint="--person") from None


async def _create_token(
    settings: Settings,
    name: str,
    scopes: frozenset[Scope],
    person_id: UUID | None,
    expires_at: datetime | None,
) -> None:
    async with connected(settings) as database:
        made = await tokens.create(
            database, name, scopes, person_id=person_id, expires_at=expires_at
        )
    out.print(made.plaintext, markup=False)


@token_app.command("list")
def list_tokens() -> None:
    """Show every token but its text."""
    run(_list_tokens(read_settings()))


async def _list_tokens(settings: Settings) -> None:
    async with connected(settings) as database:
        known = await tokens.list_all(database)
    table = Table("id", "name", "scopes", "made", "expires", "revoked", box=None)
    for each in known:
        days = [day.date().isoformat() if day else "" for day in (each.expires_at, each.revoked_at)]
        made = each.created_at.date().isoformat()
        table.add_row(str(each.id), each.name, " ".join(each.scopes), made, *days)
    print_table(table)


@token_app.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="Its id, or its name.")],
) -> None:
    """End a token; whoever bears it is nobody within a second."""
    run(_revoke_token(read_settings(), token))


async def _revoke_token(settings: Settings, token: str) -> None:
    async with connected(settings) as database:
        await tokens.revoke(database, token)
    out.print("Revoked.")
