"""The parameters of a GraphQL request, the same at every door."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from server.operation import Operation
from server.web import strict_json
from server.web.refusals import bad_request

_MAX_QUERY_FIELDS = 16


def from_json(text: bytes) -> Operation:
    """Read the parameters from a JSON body.

    Raises:
        CodedError: BAD_REQUEST, with what is wrong.
    """
    try:
        return from_members(strict_json.parse(text))
    except strict_json.NotJSON as error:
        raise bad_request(str(error)) from None


def from_query_string(query_string: bytes) -> Operation:
    """Read the parameters from a URL, where `variables` and `extensions` are JSON texts.

    Raises:
        CodedError: BAD_REQUEST, with what is wrong.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_QUERY_FIELDS,
        )
    except ValueError:
        raise bad_request("The URL's query is not form-encoded UTF-8.") from None
    if len({name for name, _ in pairs}) < len(pairs):
        raise bad_request("The URL names a parameter twice.")
    return from_members({name: _value(name, text) for name, text in pairs})


def names_query(query_string: bytes) -> bool:
    """Whether a URL carries an operation."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    return any(name == "query" for name, _ in pairs)


def from_members(members: object) -> Operation:
    """Read the parameters from a JSON value.

    Raises:
        CodedError: BAD_REQUEST, with what is wrong.
    """
    match members:
        case dict():
            return _operation(members)
        case list():
            raise bad_request("A request is one operation: lists of operations are not taken.")
        case _:
            raise bad_request("A request is a JSON object with the member `query`.")


def _operation(members: Mapping[str, Any]) -> Operation:
    query = members.get("query")
    if not isinstance(query, str):
        raise bad_request("`query` must be a string: the GraphQL document.")
    name = members.get("operationName")
    if not isinstance(name, str | None):
        raise bad_request("`operationName` must be a string or null.")
    variables = members.get("variables")
    if not isinstance(variables, dict | None):
        raise bad_request("`variables` must be an object or null.")
    if not isinstance(members.get("extensions"), dict | None):
        raise bad_request("`extensions` must be an object or null.")
    return Operation(query, name or None, variables or {})


def _value(name: str, text: str) -> object:
    if name not in {"variables", "extensions"} or not text:
        return text or None
    try:
        return strict_json.parse(text)
    except strict_json.NotJSON as error:
        raise bad_request(f"`{name}`: {error}") from None
