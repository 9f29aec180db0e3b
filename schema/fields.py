"""What the concepts' modules have in common: rights at roots, inputs, payloads, refusals."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.base import StrawberryOptional

from schema.engine.errors import BadId
from schema.engine.row import REGISTRY
from schema.engine.words import words
from server.commands.once import KEPT_FOR
from server.domain.viewer import Scope
from server.errors import ErrorCode, Forbidden, Problem, Refused, refuse
from server.term import Term

F = TypeVar("F", bound=Callable[..., Any])

words()(ErrorCode)


class Direction(Term):
    """Which way a list is ordered."""

    ASC = "ASC", "From the smallest, or earliest."
    DESC = "DESC", "From the largest, or latest."


words()(Direction)


def allow(*scopes: Scope) -> Callable[[Any], None]:
    """Check at root fields that the viewer carries one of these scopes."""

    def check(context: Any) -> None:
        if not any(context.viewer.may(scope) for scope in scopes):
            wanted = " or ".join(scopes)
            raise Forbidden(f"This needs a token with the scope {wanted}.")

    return check


may_read_incidents = allow(Scope.INCIDENTS_READ)
may_read_deployments = allow(Scope.DEPLOYMENTS_READ, Scope.INCIDENTS_READ)
may_administrate = allow(Scope.ADMIN)


@strawberry.type(description="One thing that is wrong with an input, and what to do about it.")
class UserError:
    code: ErrorCode = strawberry.field(description="What kind of error it is, for programs.")
    message: str = strawberry.field(description="What is wrong and what to do, for people.")
    field: list[str] | None = strawberry.field(
        description='The path inside the input: ["entries", "3", "body"].'
    )


def user_errors() -> Any:
    """The field that every payload ends with."""
    return strawberry.field(
        default_factory=list, description="What is wrong with the input; empty where nothing is."
    )


class Refusals(FieldExtension):
    """Turns a refused input into the `userErrors` of the mutation's payload."""

    def apply(self, field: Any) -> None:
        """Remember the field, whose type is the payload, and describe its input."""
        self.field = field
        for argument in field.arguments:
            argument.description = argument.description or "What to do, and with what."

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """Run the mutation."""
        try:
            return await next_(source, info, **kwargs)
        except Refused as refused:
            return self._payload(user_errors=[shown(each) for each in refused.problems])

    @property
    def _payload(self) -> Any:
        found = self.field.type
        return found.of_type if isinstance(found, StrawberryOptional) else found


def shown(problem: Problem) -> UserError:
    """A problem as a payload shows it."""
    field = [_camel(part) for part in problem.field]
    return UserError(code=problem.code, message=problem.message, field=field or None)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def mutation(description: str) -> Callable[[F], F]:
    """A mutation: what breaks a rule comes back as `userErrors`, not as an error."""
    field: Any = strawberry.mutation(description=description, extensions=[Refusals()])
    return field  # type: ignore[no-any-return]


def needed(description: str) -> Any:
    """A member of an input that must be given."""
    return strawberry.field(description=description)


def optional(description: str) -> Any:
    """A member of an input that may be left out."""
    return strawberry.field(description=description, default=strawberry.UNSET)


def idempotency_key() -> Any:
    """The member that makes a create safe to repeat."""
    return optional(
        "Sent again with the same key and input, the first answer is given again; "
        f"for {KEPT_FOR.days} days."
    )


def given(value: Any) -> Any:
    """The value of a member, None where it was left out."""
    return None if value is strawberry.UNSET else value


def changes_of(data: Any, names: Mapping[str, str]) -> dict[str, object]:
    """The members that were given, by the column that each one sets."""
    members = {column: getattr(data, name) for name, column in names.items()}
    return {
        column: str(value.value) if isinstance(value, Term) else value
        for column, value in members.items()
        if value is not strawberry.UNSET
    }


def key_of(type_name: str, text: str, *field: str) -> UUID:
    """The key that an id of an input names.

    Types go by their names here, as in declarations: so concepts need not import each other.

    Raises:
        Refused: BAD_ID, it is no id of this type.
    """
    spec = REGISTRY[type_name]
    try:
        return spec.key_named(str(text))
    except BadId as bad:
        raise refuse(ErrorCode.BAD_ID, str(bad), *field) from bad


def key_or_none(type_name: str, text: Any, *field: str) -> UUID | None:
    """The key that an optional id names."""
    return key_of(type_name, text, *field) if given(text) is not None else None


def keys_of(type_name: str, texts: Any, *field: str) -> tuple[UUID, ...]:
    """The keys that a list of ids names; none where the list was left out."""
    return tuple(
        key_of(type_name, text, *field, str(index)) for index, text in enumerate(given(texts) or ())
    )


def keyed(type_name: str, key: UUID) -> Any:
    """A row of another concept's type, by its key: for a `ref` field of a payload."""
    return REGISTRY[type_name].cls.keyed(key)
