"""Judging the language of a text that is not kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.commands.work import Office
from server.domain.blameless import LanguageFinding
from server.domain.language import judge
from server.domain.redaction import Directory
from server.domain.text import check_bounds
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Problem, Refused
from server.store.directory import directory_of

MAX_TEXT = 20_000
MAX_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class CheckLanguage:
    """Judge a text. The names of `people` are names wherever they stand in it."""

    text: str
    people: tuple[UUID, ...] = ()


async def check(
    office: Office, viewer: Viewer, command: CheckLanguage
) -> tuple[LanguageFinding, ...]:
    """What is found in the text.

    Naming people takes the right to see them: else a text could ask who somebody is.

    Raises:
        Refused: TOO_MANY or INVALID, the text; TOO_MANY or NOT_FOUND, the people.
    """
    viewer.require(Scope.INCIDENTS_READ)
    if command.people:
        viewer.require(Scope.PEOPLE_READ)
    problems = check_bounds(command.text, MAX_TEXT, "text")
    if len(command.people) > MAX_PEOPLE:
        message = f"Give at most {MAX_PEOPLE} people."
        problems += (Problem(ErrorCode.TOO_MANY, message, ("people",)),)
    if problems:
        raise Refused(*problems)
    async with office.database.transaction() as tx:
        directory = await directory_of(tx)
    names = _names_of(command.people, directory)
    return judge(command.text, directory, office.rules, names)


def _names_of(people: Sequence[UUID], directory: Directory) -> list[str]:
    """Raises: Refused: NOT_FOUND, one of them is not known."""
    known = {each.id: each.names for each in directory.people}
    unknown = [
        Problem(ErrorCode.NOT_FOUND, "There is no such person.", ("people", str(index)))
        for index, each in enumerate(people)
        if each not in known
    ]
    if unknown:
        raise Refused(*unknown)
    return [name for each in people for name in known[each]]
