"""What the project asks of its own files; `make check` asks the rest of ruff, mypy and others."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]

LONGEST_FILE = 400
LONGEST_FUNCTION = 45

_CODE = {".py", ".js", ".mjs", ".css", ".html", ".graphql", ".sh"}
_NOT_WRITTEN_BY_HAND = (
    "server/store/migrations/versions/*",
    "server/web/graphiql/vendor/*",
    "schema/schema.graphql",
)
_NAMES_THAT_SAY_NOTHING = re.compile(r"(^|_)(utils?|helpers?|managers?|base)(_|$)")

_OF_ONE_MACHINE = re.compile(
    r"(?<![\w.~-])/(work|root|Users|home/\w+)/"  # a path that exists nowhere else
    r"|pypi\.org|pythonhosted|registry\.npmjs|/simple/"  # where packages came from that day
)


def test_every_file_fits_in_the_head() -> None:
    """A file of more than 400 lines holds more than one concept."""
    lengths = {_name(file): len(_text(file).splitlines()) for file in _written_by_hand()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_function_fits_on_a_screen() -> None:
    functions = {
        f"{_name(file)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in _written_by_hand()
        if file.suffix == ".py"
        for node in ast.walk(ast.parse(_text(file)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in functions.items() if lines > LONGEST_FUNCTION} == {}


def test_every_module_is_named_after_what_it_holds() -> None:
    modules = [file for file in _files() if file.suffix == ".py"]
    assert len(modules) > 50
    assert [_name(file) for file in modules if _NAMES_THAT_SAY_NOTHING.search(file.stem)] == []


def test_no_file_names_a_machine_or_a_package_index() -> None:
    found = {
        f"{_name(file)}:{number}": match[0]
        for file in _written_by_hand({".py", ".toml", ".lock", ".md", ".json", ".yaml", ".yml", ""})
        for number, line in enumerate(_text(file).splitlines(), 1)
        if (match := _OF_ONE_MACHINE.search(line)) and file != Path(__file__)
    }
    assert found == {}


def test_the_license_is_there() -> None:
    text = _text(ROOT / "LICENSE")
    assert "Apache License" in text
    assert "The Whychain authors" in text


def _written_by_hand(suffixes: set[str] = _CODE) -> Iterator[Path]:
    for file in _files():
        by_hand = not any(fnmatch(_name(file), pattern) for pattern in _NOT_WRITTEN_BY_HAND)
        if file.suffix in suffixes and by_hand:
            yield file


def _files(folder: Path = ROOT) -> Iterator[Path]:
    """The files of the project: all that .gitignore does not name."""
    ignored = [".git", *(line.rstrip("/") for line in _text(ROOT / ".gitignore").splitlines())]
    for entry in folder.iterdir():
        if not any(fnmatch(entry.name, pattern) for pattern in ignored):
            if entry.is_dir():
                yield from _files(entry)
            else:
                yield entry


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _text(file: Path) -> str:
    return file.read_text("utf-8")
