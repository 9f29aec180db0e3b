"""What is installed beside us: nothing that takes our names, and all that we ask for."""

import ast
import importlib.util
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_belongs_to_one_distribution(package: str) -> None:
    """PyPI has a `schema`, which would overwrite ours without a word."""
    # An editable installation lists no packages, so ours may have none to its name.
    assert set(packages_distributions().get(package, [])) <= {"whychain"}
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin == str(ROOT / package / "__init__.py")


def test_the_product_imports_only_what_it_depends_on() -> None:
    """What only comes along with another, or with the tools, may be gone tomorrow."""
    declared = {
        canonicalize_name(Requirement(each).name) for each in PROJECT["project"]["dependencies"]
    }
    owners = packages_distributions()
    for name in _imported() - sys.stdlib_module_names - set(PACKAGES):
        assert declared & {canonicalize_name(owner) for owner in owners[name]}, name


def test_the_lock_pins_what_the_project_asks_for() -> None:
    pinned = dict(_pins())
    asked = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
    ]
    for requirement in map(Requirement, asked):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in requirements.lock: make lock"
        assert requirement.specifier.contains(version), f"{requirement} is {version}: make lock"


def test_every_pin_has_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    entries = lock.replace("\\\n", " ").splitlines()
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def _imported() -> set[str]:
    names = set()
    for file in (file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def _pins() -> list[tuple[str, str]]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line.split(" ")[0].split("==") for line in lines if "==" in line and line[0] != " "]
    return [(canonicalize_name(name), version) for name, version in pins]
