"""Changes of some columns: what is not mentioned is kept, and null empties what may be empty."""

from collections.abc import Mapping

from server.errors import ErrorCode, Problem


def null_problems(changes: Mapping[str, object], never_null: Mapping[str, str]) -> list[Problem]:
    """What forbids these changes: columns that always have a value, with their input fields."""
    return [
        Problem(ErrorCode.INVALID, "It cannot be null. Leave it out to keep it.", (field,))
        for name, field in never_null.items()
        if name in changes and changes[name] is None
    ]
