"""As much of Go's text/template, with Sprig's functions, as the README's own templates use."""

import json
import re
from typing import Any

_ACTION = re.compile(r"\{\{ (.*?) \}\}")
_TOKEN = re.compile(r'"[^"]*"|[^\s()]+|[()]')


def render(template: str, **data: Any) -> str:
    """The text that a template makes of its data."""
    return _ACTION.sub(lambda action: _shown(_pipeline(_TOKEN.findall(action[1]), data)), template)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _pipeline(tokens: list[str], data: Any) -> Any:
    """Commands up to the end or a closing bracket, each given the last one's value."""
    values: list[Any] = []
    command: list[Any] = []
    while tokens and tokens[0] != ")":
        token = tokens.pop(0)
        if token == "|":
            values, command = [_called(command + values)], []
        elif token == "(":
            command.append(_pipeline(tokens, data))
            tokens.pop(0)
        else:
            command.append(_term(token, data))
    return _called(command + values)


def _term(token: str, data: Any) -> Any:
    if token.startswith('"'):
        return token.strip('"')
    if not token.startswith("."):
        return _FUNCTIONS[token]
    *path, last = token[1:].split(".")
    for name in path:
        data = data[name]  # as Go: nothing can be asked of what is not there
    return data.get(last)


def _called(command: list[Any]) -> Any:
    function, *arguments = command
    return function(*arguments)


def _dig(*arguments: Any) -> Any:
    *path, default, value = arguments
    for name in path:
        if name not in value:
            return default
        value = value[name]
    return value


_FUNCTIONS = {
    "dig": _dig,
    "empty": lambda value: not value,
    "not": lambda value: not value,
    "printf": lambda text, *values: text % values,
    "toJson": json.dumps,
}
