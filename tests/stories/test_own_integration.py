"""The README's own integration: it stands the suite, is found, and brings a deployment in."""

import asyncio
import hashlib
import hmac
import json
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from integrations.contract import ENTRY_POINT_GROUP
from tests.house import ROOT, eventually, serving

CHAPTER = (
    (ROOT / "README.md").read_text("utf-8").partition("## Write your own integration\n")[2]
).partition("\n## ")[0]
SECRET = "a secret of the shipyard"
BODY = {
    "event": "deploy",
    "deploy": {
        "sequence": 7,
        "id": "d7",
        "repository": "acme/shop",
        "commit": "7" * 40,
        "environment": "production",
        "state": "succeeded",
        "changed_at": "2026-01-01T00:00:00Z",
    },
}
DEPLOYMENT = """
{ deployment(repository: "acme/shop", sha: "7777777777777777777777777777777777777777") {
    environment status } }
"""


def blocks(language: str) -> list[str]:
    """The code of the chapter."""
    return re.findall(rf"```{language}\n(.*?)```", CHAPTER, re.DOTALL)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the package as an installation leaves it, which new processes look into."""
    plugin, suite = blocks("python")
    project = tomllib.loads(blocks("toml")[0])["project"]
    named = project["entry-points"][ENTRY_POINT_GROUP]
    points = "".join(f"{name} = {value}\n" for name, value in named.items())
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    for name, text in {
        "shipyard/__init__.py": plugin,
        "test_shipyard.py": suite,
        "shipyard-1.0.dist-info/METADATA": metadata,
        "shipyard-1.0.dist-info/entry_points.txt": f"[{ENTRY_POINT_GROUP}]\n{points}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    monkeypatch.setenv("SHIPYARD_WEBHOOK_SECRET", SECRET)
    return tmp_path


async def tried(folder: Path) -> tuple[int, str]:
    """What an author's own pytest, with none of its plugins, says; and its exit code."""
    arguments = ("-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pytest",
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode()


async def test_it_stands_the_suite(package: Path) -> None:
    code, said = await tried(package)
    assert code == 0, said
    assert int(re.findall(r"(\d+) passed", said)[0]) >= 24


async def test_a_fault_in_it_is_found(package: Path) -> None:
    file = package / "shipyard" / "__init__.py"
    careful = 'page.flag("more") and last != after'
    text = file.read_text("utf-8")
    assert careful in text
    file.write_text(text.replace(careful, "False"), "utf-8")
    code, said = await tried(package)
    assert code == 1, said
    assert "check_odd_record" in said


async def test_what_it_hears_is_seen(package: Path, database_url: str) -> None:
    raw = json.dumps(BODY).encode()
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"x-shipyard-signature": f"sha256={digest}"}
    async with serving(database_url=database_url) as served:
        url = f"{served.url}/webhooks/shipyard"
        async with served.http.post(url, data=raw, headers=headers) as answer:
            assert answer.status == 202
        async with served.http.post(url, data=raw + b" ", headers=headers) as answer:
            assert answer.status == 401

        async def seen() -> Any:
            return (await served(DEPLOYMENT))["deployment"]

        deployed = await eventually(seen)
    assert deployed == {"environment": "production", "status": "SUCCESS"}
