"""The work behind `whychain export`: a folder of Markdown files, one for each post-mortem.

A file is written only where its bytes change, and whole or not at all, so the same command can run
every night into a folder under version control.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.commands.postmortem_document import Document
from server.domain.postmortem_markdown import plain
from server.domain.slug import slugify
from server.errors import WhychainError

INDEX = "index.md"


class ExportError(WhychainError):
    """A folder that cannot be written into: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How many documents there are, and how many files had to be written for them."""

    documents: int
    written: int


def export(documents: Sequence[Document], folder: Path) -> Exported:
    """Write these documents and their index, the newest first.

    Raises:
        ExportError: the folder, or a file in it, cannot be written.
    """
    newest_first = sorted(documents, key=lambda each: (each.day, each.number), reverse=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in newest_first:
            _remove_earlier_names(folder, each)
        files = [(name_of(each), each.text) for each in newest_first]
        written = sum(_written(folder / name, text) for name, text in files)
        written += _written(folder / INDEX, _index(newest_first))
    except OSError as trouble:
        where = trouble.filename or folder
        raise ExportError(f"{where}: it cannot be written: {trouble.strerror}.") from None
    return Exported(len(files), written)


def name_of(document: Document) -> str:
    """The name of a document's file: 2026-11-02-7-checkout-fails.md."""
    slug = slugify(document.title, otherwise="incident")
    return f"{document.day.isoformat()}-{document.number}-{slug}.md"


def _remove_earlier_names(folder: Path, document: Document) -> None:
    """Remove the file that it had under another title: it would be told twice."""
    for file in folder.glob(f"????-??-??-{document.number}-*.md"):
        if file.name != name_of(document):
            file.unlink()


def _index(documents: Iterable[Document]) -> str:
    lines = ["# Post-mortems", "", "| Day | Post-mortem | Severity |", "| --- | --- | --- |"]
    lines += [
        f"| {each.day} | [\\#{each.number} {plain(each.title)}](<{name_of(each)}>) "
        f"| {each.severity} |"
        for each in documents
    ]
    return "\n".join(lines) + "\n"


def _written(file: Path, text: str) -> bool:
    """Have these bytes in the file; whether it had others before."""
    wanted = text.encode()
    if file.is_file() and file.read_bytes() == wanted:
        return False
    draft = file.with_name(f".{file.name}.part")
    draft.write_bytes(wanted)
    draft.replace(file)
    return True
