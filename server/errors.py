"""Every error a client can meet, each with its code.

    WhychainError
    ├── CodedError            a client may read its message
    │   ├── Refused           an input breaks a rule; carries every problem found
    │   ├── Unauthenticated
    │   ├── Forbidden
    │   └── Unavailable       our own trouble: a missing database or secret; try again later
    └── (anything else is masked before it leaves)

`ErrorCode` is the API's enum of the same name: in `userErrors` of mutations, in
`extensions.code` of everything else.
"""

from dataclasses import dataclass

from server.term import Term


class ErrorCode(Term):
    """What kind of error it is, for programs."""

    INVALID = "INVALID", "A value breaks a rule; the message says which and what to do."
    NOT_FOUND = "NOT_FOUND", "No such object, or none that you may see."
    CONFLICT = "CONFLICT", "It contradicts what is stored: a duplicate, or a reused key."
    FORBIDDEN = "FORBIDDEN", "The token lacks the scope that this needs."
    UNAUTHENTICATED = "UNAUTHENTICATED", "There is no token, or it is unknown, expired or revoked."
    TOO_MANY = "TOO_MANY", "A list, page, query or text is larger than the limit."
    BAD_REQUEST = "BAD_REQUEST", "The request cannot be read as GraphQL over HTTP or WebSocket."
    PARSE_FAILED = "PARSE_FAILED", "The document is not GraphQL."
    VALIDATION_FAILED = "VALIDATION_FAILED", "The document does not fit the schema."
    BAD_CURSOR = "BAD_CURSOR", "The cursor was not made by this connection in this order."
    BAD_ID = "BAD_ID", "The id is not one of this API's ids, or names another type."
    AHEAD_OF_FEED = "AHEAD_OF_FEED", "`after` lies beyond the newest sequence of this incident."
    MERGED = "MERGED", "The incident became part of another: read it by its id, and follow that."
    TIMEOUT = "TIMEOUT", "The operation took longer than it may."
    UNAVAILABLE = "UNAVAILABLE", "The service cannot answer now; try again later."
    INTERNAL = "INTERNAL", "A fault of the server; quote the error's id when you report it."


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, where, and what to do about it.

    `field` is the path inside the input, as GraphQL names it: ("entries", "3", "body"). Where two
    edits of one text met, `current` is what stands and `yours` what was to stand.
    """

    code: ErrorCode
    message: str
    field: tuple[str, ...] = ()
    current: str | None = None
    yours: str | None = None


class WhychainError(Exception):
    """Anything the server raises on purpose."""


class CodedError(WhychainError):
    """An error whose message and code may be shown to the client."""

    code = ErrorCode.INTERNAL

    def __init__(self, message: str, code: ErrorCode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class Refused(CodedError):
    """An input that breaks rules: all problems at once, so that a form can show them."""

    code = ErrorCode.INVALID

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class Unauthenticated(CodedError):
    """Nobody the server knows."""

    code = ErrorCode.UNAUTHENTICATED


class Forbidden(CodedError):
    """Somebody the server knows, without the scope that this needs."""

    code = ErrorCode.FORBIDDEN


class Unavailable(CodedError):
    """Our own trouble, which time or an operator will mend."""

    code = ErrorCode.UNAVAILABLE


def refuse(code: ErrorCode, message: str, *field: str) -> Refused:
    """Make the refusal of one problem, to be raised."""
    return Refused(Problem(code, message, field))
