"""Reading a vendor's past: how fast `whychain backfill` is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

from tests.bench.measure import Databases, Effort, Result
from tests.house import command
from tests.integrations.fake_github import TOKEN, FakeGitHub
from tests.integrations.github_records import START, deployment, pull_request, sha
from tests.integrations.github_rounds import Reader, reading

RECORDS = 1_000
"""Deployments, and as many pull requests."""

_CONFIG = """
[[connection]]
integration = "github"
name = "past{turn}"
base_url = "{url}"
repositories = ["acme/shop"]
token = {{ file = "token" }}
"""


async def backfill(databases: Databases, effort: Effort) -> Result:
    """Records a second, read and brought into state; the peer only reads them."""
    numbers = range(1, RECORDS + 1)
    fake = FakeGitHub(
        records={
            "deployments": [deployment(each, "IN_PROGRESS", "SUCCESS") for each in numbers],
            "pullRequests": [pull_request(each) for each in numbers],
        },
        history=[sha(each) for each in range(RECORDS + 1)],
    )
    mine, theirs = [], []
    async with reading(fake) as reader:
        for turn in range(max(1, effort.rounds // 2)):
            mine.append(await _by_command(databases.small, reader, turn))
            theirs.append(await _bare(reader))
    ours, peer = (2 * RECORDS / median(side) for side in (mine, theirs))
    return Result(
        ratio=round(ours / peer, 2),
        ours=round(ours),
        peer=round(peer),
        unit="records/s of a fake GitHub's past (peer: read, not kept)",
        rounds=len(mine),
        note=f"{2 * RECORDS:,} records in {median(mine):.1f} s, the command's start included",
    )


async def _by_command(database: str, reader: Reader, turn: int) -> float:
    """Seconds of the command; each turn is a connection of its own, which has read nothing."""
    with TemporaryDirectory() as folder:
        config = Path(folder) / "whychain.toml"
        config.write_text(_CONFIG.format(turn=turn, url=reader.fake.base_url))
        (Path(folder) / "token").write_text(TOKEN)
        start = monotonic()
        since = (START - timedelta(days=1)).date().isoformat()
        code, said = await command(
            *("backfill", f"past{turn}", "--since", since),
            config=str(config),
            database_url=database,
        )
        assert code == 0, said
        return monotonic() - start


async def _bare(reader: Reader) -> float:
    start = monotonic()
    batches = await reader.backfill(START - timedelta(days=1))
    assert sum(len(each.observations) for each in batches) >= 2 * RECORDS
    return monotonic() - start
