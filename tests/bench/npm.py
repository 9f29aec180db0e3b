"""Peers that run on Node, installed with npm as the package-lock.json of their folder says."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from tests.bench.measure import Skipped


def node_for(folder: Path, name: str, oldest: int) -> Path:
    """The Node to run a peer on, of this major version or later, with the peer installed.

    Raises:
        Skipped: there is none, or npm is not there to install the peer.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise Skipped(f"there is no npm to install {name} with")
    _install(npm, folder, name)
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    packaged = folder / f"node_modules/node-{platform.system().lower()}-{machine}/bin/node"
    if packaged.is_file():
        return packaged
    found = shutil.which("node")
    if found and _major(found) >= oldest:
        return Path(found)
    raise Skipped(f"there is no Node {oldest} or later to run {name} on")


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


def _install(npm: str, folder: Path, name: str) -> None:
    stamp = folder / "node_modules" / ".installed"
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    Console().print(f"Installing {name} with npm: once, for about half a minute.")
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts"],
        cwd=folder,
        env={**os.environ, "npm_config_fetch_retries": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Skipped(f"npm could not install {name}: " + done.stderr.strip()[-300:])
    stamp.write_text(digest)
