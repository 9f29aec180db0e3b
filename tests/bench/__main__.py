"""`python -m tests.bench`: run the benchmarks, print a table, write bench.json."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from rich.console import Console
from rich.table import Table

from server.store.embedded import EmbeddedPostgres
from tests import postgres
from tests.bench import history
from tests.bench.board_vs_pgbench import board_vs_pgbench
from tests.bench.board_vs_postgraphile import board_vs_postgraphile
from tests.bench.board_vs_strawberry import board_vs_strawberry
from tests.bench.growth_100x import growth_100x
from tests.bench.live.benchmarks import LIVE
from tests.bench.loaders_vs_strawberry import loaders_vs_strawberry
from tests.bench.measure import Databases, Effort, Result, Skipped
from tests.bench.small_vs_postgraphile import small_vs_postgraphile
from tests.bench.small_vs_strawberry import small_vs_strawberry
from tests.bench.webhooks.past import backfill
from tests.bench.webhooks.sustained import webhooks_sustained
from tests.bench.webhooks.to_subscriber import webhook_to_subscriber

out = Console()

Benchmark = Callable[[Databases, Effort], Awaitable[Result]]

BENCHMARKS: Mapping[str, Benchmark] = {
    **{
        benchmark.__name__: benchmark
        for benchmark in (
            board_vs_postgraphile,
            board_vs_strawberry,
            board_vs_pgbench,
            small_vs_postgraphile,
            small_vs_strawberry,
            loaders_vs_strawberry,
            growth_100x,
        )
    },
    **LIVE,
    **{
        benchmark.__name__: benchmark
        for benchmark in (webhook_to_subscriber, webhooks_sustained, backfill)
    },
}
"""Each is given two databases with histories, and how long to measure."""

INCIDENTS = 10_000
"""Of the long history: with 300,000 entries of timelines and 100,000 deployments."""

SMALLER = 100
"""How many times shorter the short history is."""


@asynccontextmanager
async def _server() -> AsyncIterator[str]:
    """PostgreSQL: the tests' if one is set, else an embedded one for this run."""
    if given := os.environ.get("WHYCHAIN_TEST_DATABASE_URL"):
        yield given
        return
    with TemporaryDirectory(prefix="whychain-") as folder:
        async with EmbeddedPostgres.start(Path(folder), durable=False) as server:
            yield server.url


@asynccontextmanager
async def _databases(incidents: int) -> AsyncIterator[Databases]:
    """A long history and a short one, on one PostgreSQL."""
    async with _server() as server:
        template = await postgres.migrated_template(server)
        async with (
            postgres.new_database(server, template) as large,
            postgres.new_database(server, template) as small,
        ):
            await history.write(large, incidents)
            await history.write(small, incidents // SMALLER)
            yield Databases(large, small)


async def run(names: list[str], incidents: int, effort: Effort) -> dict[str, Result]:
    """Run the benchmarks of these names, one after another, and tell of each as it ends."""
    results = {}
    out.print("Making the data …")
    async with _databases(incidents) as databases:
        for name in names:
            try:
                results[name] = await BENCHMARKS[name](databases, effort)
            except Skipped as lack:
                out.print(f"{name} is skipped: {lack}", markup=False)
            else:
                out.print(f"{name}: {results[name].ratio}", markup=False)
    return results


def _table(results: Mapping[str, Result]) -> Table:
    table = Table(title="ours against its peers", box=None)
    table.add_column("benchmark", no_wrap=True)
    for column in ("ratio", "ours", "peer"):
        table.add_column(column, justify="right")
    table.add_column("unit, and what else was seen")
    for name, found in results.items():
        told = "\n".join(filter(None, (found.unit, *found.note.split("; "))))
        table.add_row(name, *map(str, (found.ratio, found.ours, found.peer)), told)
    return table


def _write(results: Mapping[str, Result], output: Path) -> None:
    """Write what machines compare: the notes are for people."""
    written = {name: asdict(found) for name, found in results.items()}
    for figures in written.values():
        del figures["note"]
    output.write_bytes(orjson.dumps(written, option=orjson.OPT_INDENT_2) + b"\n")


def _arguments() -> argparse.Namespace:
    effort = Effort()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--incidents", type=int, default=INCIDENTS)
    parser.add_argument("--rounds", type=int, default=effort.rounds)
    parser.add_argument("--repeats", type=int, default=effort.repeats)
    parser.add_argument("--seconds", type=float, default=effort.seconds)
    parser.add_argument("--output", type=Path, default=Path("bench.json"))
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    return given


def main() -> None:
    """Read the arguments, run, print, write."""
    given = _arguments()
    effort = Effort(given.rounds, given.repeats, given.seconds)
    results = asyncio.run(run(given.names or list(BENCHMARKS), given.incidents, effort))
    out.print(_table(results))
    _write(results, given.output)


if __name__ == "__main__":
    main()
