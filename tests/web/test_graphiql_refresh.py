"""The refresh of the vendored GraphiQL, with an npm that installs from a folder."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from server.web import graphiql
from server.web.graphiql.refresh import refresh

VENDOR = Path(graphiql.__file__).parent / "vendor"

NPM = f"""#!{sys.executable}
import json, pathlib, shutil, sys
shop = pathlib.Path(__file__).parent / "shop"
modules = pathlib.Path("node_modules")
lock = {{}}
for word in sys.argv[2:]:
    if not word.startswith("--"):
        name = word.rpartition("@")[0]
        shutil.copytree(shop / word.replace("/", "+"), modules / name)
        lock["node_modules/" + name] = json.loads((modules / name / "lock.json").read_text())
(modules / ".package-lock.json").write_text(json.dumps({{"packages": lock}}))
"""


class Shop:
    """A folder the fake npm installs from: packages by `name@version`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stock(self, name: str, version: str, integrity: str, files: dict[str, bytes]) -> None:
        package = self.folder / f"{name}@{version}".replace("/", "+")
        shutil.rmtree(package, ignore_errors=True)
        for path, body in {**files, "LICENSE": f"Terms of {name}".encode()}.items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_bytes(body)
        lock = {"version": version, "license": "MIT", "integrity": integrity}
        (package / "lock.json").write_text(json.dumps(lock))


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    """A copy of the vendored files."""
    return shutil.copytree(VENDOR, tmp_path / "vendor")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An npm that knows exactly what is vendored now."""
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(NPM)
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    shop = Shop(npm.parent / "shop")
    record = json.loads((VENDOR / "digests.json").read_bytes())
    for package in record["packages"]:
        paths = [file["path"] for file in package["files"]]
        files = {path: (VENDOR / Path(path).name).read_bytes() for path in paths}
        shop.stock(package["name"], package["version"], package["integrity"], files)
    for package in record["licences_only"]:
        shop.stock(package["name"], package["version"], "sha512-font", {})
    return shop


def test_the_recorded_versions_change_nothing(vendor: Path, shop: Shop) -> None:
    refresh(vendor, [])
    for path in VENDOR.iterdir():
        if path.name != "LICENSES.txt":
            assert (vendor / path.name).read_bytes() == path.read_bytes()
    assert "graphql-ws 6.4.2 (MIT)\n\nTerms of graphql-ws" in (vendor / "LICENSES.txt").read_text()


def test_a_moved_package_brings_its_files_and_digests(vendor: Path, shop: Shop) -> None:
    shop.stock("graphql-ws", "9.9.9", "sha512-new", {"umd/graphql-ws.min.js": b"newer"})
    refresh(vendor, ["graphql-ws@9.9.9"])
    assert (vendor / "graphql-ws.min.js").read_bytes() == b"newer"
    packages = json.loads((vendor / "digests.json").read_bytes())["packages"]
    (package,) = (package for package in packages if package["name"] == "graphql-ws")
    assert (package["version"], package["integrity"]) == ("9.9.9", "sha512-new")
    assert package["files"][0]["sha256"] == hashlib.sha256(b"newer").hexdigest()


def test_a_recorded_version_with_other_content_is_refused(vendor: Path, shop: Shop) -> None:
    shop.stock("react", "18.3.1", "sha512-forged", {"umd/react.production.min.js": b"forged"})
    with pytest.raises(SystemExit, match=r"react 18\.3\.1 is not the package recorded here"):
        refresh(vendor, [])
    assert (vendor / "react.production.min.js").read_bytes() != b"forged"


def test_a_package_that_is_not_vendored_is_refused(vendor: Path, shop: Shop) -> None:
    with pytest.raises(SystemExit, match="left-pad is not vendored"):
        refresh(vendor, ["left-pad@1.0.0"])


def test_without_npm_it_says_what_is_missing(
    vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="npm is needed"):
        refresh(vendor, [])
