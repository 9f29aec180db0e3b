"""The refresh of the vendored GraphiQL: published builds, unmodified, with digests and licences.

Run it as `python -m server.web.graphiql.refresh [name@version …]`; it needs npm. Without arguments
it fetches the recorded versions again and changes nothing unless somebody else did; with them it
moves those packages. `vendor/digests.json` says which packages and which files of each.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def refresh(vendor: Path, wanted: list[str]) -> None:
    """Fetches every package, copies its files into `vendor`, rewrites digests and licences.

    `wanted` holds `name@version` of packages to move. Raises SystemExit where npm is missing, a
    name is not vendored, or a recorded version no longer has the content it had.
    """
    digests = vendor / "digests.json"
    record = json.loads(digests.read_bytes())
    packages: list[dict[str, Any]] = record["packages"]
    _move(packages, wanted)
    with TemporaryDirectory() as folder:
        modules = _install(Path(folder), [*packages, *record["licences_only"]])
        locked = json.loads((modules / ".package-lock.json").read_bytes())["packages"]
        for package in packages:
            _check(package, locked[f"node_modules/{package['name']}"])
        for package in packages:
            _copy(package, modules / package["name"], vendor)
        (vendor / "LICENSES.txt").write_text(_licences(modules, locked), encoding="utf-8")
    digests.write_text(json.dumps(record, indent=2) + "\n")


def _move(packages: list[dict[str, Any]], wanted: list[str]) -> None:
    by_name = {package["name"]: package for package in packages}
    for name, _, version in (item.rpartition("@") for item in wanted):
        if name not in by_name:
            sys.exit(f"{name or version} is not vendored; say name@version, names: {[*by_name]}")
        if by_name[name]["version"] != version:
            by_name[name] |= {"version": version, "integrity": None}


def _install(folder: Path, packages: list[dict[str, Any]]) -> Path:
    """A fresh node_modules; npm checks each package against its registry's digest."""
    npm = shutil.which("npm") or sys.exit("npm is needed to refresh GraphiQL: install Node.js")
    names = [f"{package['name']}@{package['version']}" for package in packages]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    (folder / "package.json").write_text("{}")
    subprocess.run(  # noqa: S603 - a list, no shell; the words come from digests.json and its reader
        [npm, "install", *options, *names], cwd=folder, check=True
    )
    return folder / "node_modules"


def _check(package: dict[str, Any], locked: dict[str, Any]) -> None:
    if package.get("integrity") not in (None, locked["integrity"]):
        sys.exit(f"{package['name']} {package['version']} is not the package recorded here")
    package |= {"licence": locked["license"], "integrity": locked["integrity"]}


def _copy(package: dict[str, Any], source: Path, vendor: Path) -> None:
    for file in package["files"]:
        body = (source / file["path"]).read_bytes()
        file["sha256"] = hashlib.sha256(body).hexdigest()
        (vendor / Path(file["path"]).name).write_bytes(body)


def _licences(modules: Path, locked: dict[str, Any]) -> str:
    """The licences of all the builds are made of, each text once, with those it covers."""
    covered = defaultdict(list)
    for path, package in sorted(locked.items()):
        name = f"{path.removeprefix('node_modules/')} {package['version']} ({package['license']})"
        covered[_licence(modules.parent / path)].append(name)
    head = (
        "GraphiQL's builds in this folder hold code of the packages below, and\n"
        "graphiql.min.css the fonts Roboto (Apache-2.0) and Fira Code (OFL-1.1)."
    )
    texts = ("\n".join(names) + f"\n\n{text}" for text, names in covered.items())
    return f"\n\n{'-' * 72}\n\n".join((head, *texts)) + "\n"


def _licence(package: Path) -> str:
    texts = (
        path.read_text(encoding="utf-8")
        for path in sorted(package.glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*"))
    )
    return "\n\n".join(text.strip() for text in texts) or "(No licence text in the package.)"


if __name__ == "__main__":
    refresh(Path(__file__).parent / "vendor", sys.argv[1:])
