"""A vendor's own OpenAPI description, held against what we ask and what a fake of it answers.

Of an answer nothing is missed: a fake says less than the vendor does. But what it says, the vendor
must say too, under that name and in that form. A request is held to all of it.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jsonschema.validators import extend
from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.schemas import oas30_read_schema_validators_factory
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from werkzeug.datastructures import Headers, ImmutableMultiDict

SPECS = Path(__file__).resolve().parents[1].parent / "shared" / "specs"
HOST = "http://vendor"
JSON = "application/json"
NOTHING = (b"", b"{}")
"""Bodies that an operation without one lets pass: a client that sends JSON always sends some."""
WIDENED = {"github": ("created",), "pagerduty": ("change_since", "change_until")}
"""Parameters that a vendor takes in more forms than its description lets through: ranges of
moments, and a pattern that is meant for people."""

MENDED = {
    "pagerduty": {"AcknowledgeLogEntry": "acknowledge_log_entry"},
}
"""Forms of which a description names two types at once, so that nothing is of them, and the one."""

_VENDORS_FORM = oas30_read_schema_validators_factory.schema_validator_cls
_PART_OF_IT = extend(
    _VENDORS_FORM,
    # Where nothing is required, an object is of more than one form; and a list may end anywhere.
    {
        "required": lambda *_: iter(()),
        "minItems": lambda *_: iter(()),
        "oneOf": _VENDORS_FORM.VALIDATORS["anyOf"],
    },
)


@dataclass(frozen=True, slots=True)
class Description:
    """One vendor's description; paths are as it names them."""

    document: Mapping[str, Any]
    requests: V30RequestValidator
    answers: V30ResponseValidator

    def check_request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """Raises: AssertionError: the vendor has no such operation, parameter, header or body."""
        called, asked = f"{method} {path}", self._operation(method, path)
        parameters = [self._resolved(each) for each in asked.get("parameters", ())]
        allowed = {each["name"] for each in parameters if each["in"] == "query"}
        unknown = set(query) - allowed
        assert not unknown, f"{called} has no parameter {', '.join(sorted(unknown))}"
        request = _request(method, path, query, headers, body)
        _require_none(called, self.requests.iter_errors(request))
        taken = self._resolved(asked.get("requestBody", {})).get("content", {})
        assert taken or body in NOTHING, f"{called} takes no body"
        self._require_known(called, taken, request.content_type, body)

    def check_answer(
        self, method: str, path: str, query: Mapping[str, str], status: int, body: bytes
    ) -> None:
        """Raises: AssertionError: the vendor answers with no such status, field or form."""
        called, asked = f"{method} {path}", self._operation(method, path)
        answers = asked["responses"]
        told = answers.get(str(status), answers.get("default"))
        assert told is not None, f"{called} never answers {status}"
        content = self._resolved(told).get("content", {})
        request = _request(method, path, query, {}, b"")
        answer = MockResponse(body, status, content_type=JSON)
        _require_none(called, self.answers.iter_errors(request, answer))
        self._require_known(called, content, JSON, body)

    def _operation(self, method: str, path: str) -> Mapping[str, Any]:
        try:
            found = self.requests.path_finder.find(method.lower(), HOST + path).operation
        except PathError as error:
            raise AssertionError(f"there is no {method} {path}") from error
        with found.resolve() as resolved:
            operation: Mapping[str, Any] = resolved.contents
            return operation

    def _require_known(
        self, called: str, content: Mapping[str, Any], kind: str, body: bytes
    ) -> None:
        schema = content.get(kind, {}).get("schema")
        if schema is not None and kind == JSON and body:
            unknown = list(self._unknown(schema, json.loads(body), ""))
            assert not unknown, f"{called}: no such field: {', '.join(unknown)}"

    def _unknown(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        """The fields that no form of the schema names, unless one of them takes any."""
        forms = list(self._forms(schema))
        if isinstance(value, list):
            items = {"anyOf": [each["items"] for each in forms if "items" in each]}
            for each in value:
                yield from self._unknown(items, each, f"{where}[]")
        elif isinstance(value, dict):
            takes_any = any(each.get("additionalProperties") for each in forms)
            named = [each["properties"] for each in forms if "properties" in each]
            for name, each in value.items():
                found = [properties[name] for properties in named if name in properties]
                if found:
                    yield from self._unknown({"anyOf": found}, each, f"{where}.{name}")
                elif named and not takes_any:
                    yield f"{where}.{name}"

    def _forms(self, schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        schema = self._resolved(schema)
        yield schema
        for arms in ("allOf", "anyOf", "oneOf"):
            for arm in schema.get(arms, ()):
                yield from self._forms(arm)

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            found: Any = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                plain = name.replace("~1", "/").replace("~0", "~")
                found = found[int(plain)] if isinstance(found, list) else found[plain]
            node = found
        return node


def _request(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> MockRequest:
    kinds = [value for name, value in headers.items() if name.lower() == "content-type"]
    kind = kinds[0].partition(";")[0] if kinds else JSON
    request = MockRequest(HOST, method, path, data=body, content_type=kind)
    # A name may be there several times, which a plain dict would lose.
    request.parameters.query = ImmutableMultiDict(list(query.items()))
    request.parameters.header = Headers(list(headers.items()))
    return request


def _require_none(called: str, errors: Iterator[Exception]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the description's own words
        faults = [f"{error} {error.__cause__ or ''}" for error in errors]
    assert not faults, f"{called}: {'; '.join(faults)}"


@cache
def description_of(vendor: str) -> Description | None:
    """The description, where it lies beside the project."""
    file = SPECS / f"{vendor}.json"
    if not file.is_file():
        return None
    document = json.loads(file.read_text("utf-8"))
    document["servers"] = [{"url": HOST}]
    for name in WIDENED.get(vendor, ()):
        document["components"]["parameters"][name]["schema"] = {"type": "string"}
    for name, kind in MENDED.get(vendor, {}).items():
        *_, own = document["components"]["schemas"][name]["allOf"]
        own["properties"]["type"]["enum"] = [kind]
    paths = SchemaPath.from_dict(document)
    lenient = SchemaValidatorsFactory(_PART_OF_IT)
    return Description(
        document,
        V30RequestValidator(paths),
        V30ResponseValidator(paths, schema_validators_factory=lenient),
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """What a fake was asked and answered that its vendor does not know; empty is well.

    `newer` are names that the vendor has taken since its description was written.
    """

    vendor: str
    newer: frozenset[str] = frozenset()
    faults: list[str] = field(default_factory=list)

    async def exchange(
        self, request: web.Request, answer: web.Response, path: str | None = None
    ) -> None:
        """Note what is wrong with one; `path` is the description's, where the fake's differs."""
        described = description_of(self.vendor)
        if described is None:
            return
        path, told = path or request.path, answer.body or b""
        assert isinstance(told, bytes)
        query = request.query.copy()
        for name in self.newer & query.keys():
            del query[name]
        sent, told = self._of_its_time(await request.read()), self._of_its_time(told)
        try:
            described.check_request(request.method, path, query, request.headers, sent)
            described.check_answer(request.method, path, query, answer.status, told)
        except AssertionError as fault:
            self.faults.append(str(fault))
            raise

    def _of_its_time(self, body: bytes) -> bytes:
        """A body without what is newer than the description."""
        if not self.newer or not body:
            return body

        def known(fields: Mapping[str, Any]) -> Mapping[str, Any]:
            return {name: each for name, each in fields.items() if name not in self.newer}

        return json.dumps(json.loads(body, object_hook=known)).encode()

    def require_none(self) -> None:
        """Raises: AssertionError: there was one, even if who asked did not mind."""
        assert not self.faults, "\n".join(self.faults)
