"""A vendor's own OpenAPI description, held against what we ask and what a fake of it answers.

A fake says less than the vendor does, so nothing is missed that is required; but what it says, the
vendor must say too, under that name and of that type. Read only as far as these descriptions go.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SPECS = Path(__file__).resolve().parents[1].parent / "shared" / "specs"

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "object": dict,
    "array": list,
    "number": (int, float),
}


@dataclass(frozen=True, slots=True)
class Description:
    """One vendor's description."""

    document: Mapping[str, Any]

    def check(
        self, method: str, path: str, query: Mapping[str, str], status: int, answer: Any
    ) -> None:
        """Raises: AssertionError: it is no such operation, parameter, status, or answer."""
        operation = self._operation(method, path)
        known = [self._resolved(each) for each in operation.get("parameters", ())]
        allowed = {each["name"]: each["schema"] for each in known if each["in"] == "query"}
        for name, value in query.items():
            assert name in allowed, f"{method} {path} has no parameter {name}"
            choice = self._resolved(allowed[name]).get("enum", [value])
            assert value in choice, f"{path}: {name} is one of {choice}"
        told = operation["responses"].get(str(status))
        assert told is not None, f"{method} {path} never answers {status}"
        schema = self._resolved(told).get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            faults = list(self._faults(schema, answer, "answer"))
            assert not faults, f"{method} {path}: {faults}"

    def _operation(self, method: str, path: str) -> Mapping[str, Any]:
        for template, operations in self.document["paths"].items():
            form = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(form, path) and method.lower() in operations:
                found: Mapping[str, Any] = operations[method.lower()]
                return found
        raise AssertionError(f"there is no {method} {path}")

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            names = node["$ref"].removeprefix("#/").split("/")
            node = self.document
            for name in names:
                node = node[name]
        return node

    def _faults(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        schema = self._resolved(schema)
        arms = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        if value is None and schema.get("nullable"):
            return
        if arms:
            if all(list(self._faults(arm, value, where)) for arm in arms):
                yield f"{where} is none of its forms"
        elif not _is_of(schema.get("type"), value) or value not in schema.get("enum", [value]):
            yield f"{where} is {value!r}"
        else:
            yield from self._faults_within(schema, value, where)

    def _faults_within(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        if isinstance(value, list):
            for each in value:
                yield from self._faults(schema.get("items", {}), each, f"{where}[]")
        elif isinstance(value, dict) and "properties" in schema:
            for name, each in value.items():
                inner = schema["properties"].get(name)
                if inner is None:
                    yield f"{where}.{name} is unknown"
                else:
                    yield from self._faults(inner, each, f"{where}.{name}")


def _is_of(name: str | None, value: Any) -> bool:
    if name is None:
        return True
    if name == "integer":
        return type(value) is int
    return isinstance(value, _TYPES[name])


@cache
def description_of(vendor: str) -> Description | None:
    """The description, where it lies beside the project."""
    file = SPECS / f"{vendor}.json"
    return Description(json.loads(file.read_text("utf-8"))) if file.is_file() else None
