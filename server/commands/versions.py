"""Two edits of one text at once: the second is told what the first made of it."""

from collections.abc import Iterator, Mapping

from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem
from server.store.database import Row

_MESSAGE = (
    "It was changed since you read it. Bring `yours` into `current`, and send that with "
    "version {version}."
)


def edit_problems(
    viewer: Viewer,
    row: Row,
    version: int | None,
    texts: Mapping[str, object],
    column: str = "version",
) -> Iterator[Problem]:
    """What forbids an edit that is based on another version: a conflict for each of its texts.

    `texts` are the new ones, by their columns; without `version`, the last edit wins. What stands
    is told as the viewer may read it.
    """
    if version is None or version == row[column]:
        return
    message = _MESSAGE.format(version=row[column])
    changed = {name: text for name, text in texts.items() if text != row[name]}
    for name, text in changed.items():
        redacted = None if viewer.may(Scope.PEOPLE_READ) else row[f"{name}_redacted"]
        yours = None if text is None else str(text)
        yield Problem(
            ErrorCode.CONFLICT, message, (name,), current=redacted or row[name], yours=yours
        )
    if not changed:
        yield Problem(ErrorCode.CONFLICT, message, ("version",))
