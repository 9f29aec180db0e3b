"""The least that can stand behind the doors: a toy schema, two tokens, a toy integration."""

import asyncio
import hmac
import inspect
import json
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import graphql
import orjson

from integrations.contract import (
    BadSignature,
    Delivery,
    Envelope,
    Headers,
    Malformed,
    Manifest,
    Role,
    Secret,
    WebhookPolicy,
)
from integrations.observation import Observations
from server.domain.viewer import Scope, Viewer
from server.errors import ErrorCode, Forbidden, Unauthenticated, Unavailable
from server.operation import Answer, End, Listener, Operation, Refusal, Result, Stream
from server.web.refusals import errors_json, mask

COST = 7
TOKEN = "toy-token.0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SECRET = "toy-secret-0123456789"
VIEWER = Viewer("tok_1", "Toy", frozenset({Scope.INCIDENTS_READ}))

SDL = """
type Query { hello(name: String = "world"): String!  half: String  crash: String  forbidden: String
             unavailable: String  full: String  padding(size: Int!): String!  wait: String }
type Mutation { add(to: Int!, n: Int!): Int! }
type Subscription { count(to: Int!, size: Int! = 0): String!  forever: Int!  explode: Int! }
"""


class Pulled:
    """A place in a stream of its own: each result is made when it is asked for."""

    def __init__(self, source: Any, listener: Listener, after: int) -> None:
        self._source, self._listener, self._after = source, listener, after
        self._ready: list[Result] = []
        self._coming: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._position = 0
        self.end: End | None = None

    def take(self, most: int) -> Sequence[Result]:
        ready, self._ready = self._ready, []
        if not ready and not self._coming and not self.end:
            self._coming = asyncio.create_task(self._pull())
        return ready

    def leave(self) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())

    async def _close(self) -> None:
        if self._coming:
            self._coming.cancel()
            await asyncio.wait([self._coming])
        await self._source.aclose()

    async def _pull(self) -> None:
        try:
            result = await anext(self._source)
            self._position += 1
            while self._position <= self._after:
                result = await anext(self._source)
                self._position += 1
            self._ready.append(Result(self._position, orjson.dumps(result.formatted)))
        except StopAsyncIteration:
            self.end = End()
        except Exception as fault:  # noqa: BLE001 - as the hub does
            self.end = End(errors_json(mask(fault, "toy")))
        self._coming = None
        self._listener.wake()


@dataclass
class Toy:
    """Everything the doors ask for, with what a test wants to see of it."""

    schema: graphql.GraphQLSchema = field(default_factory=lambda: graphql.build_schema(SDL))
    revoked: bool = False
    database: bool = True
    not_ready: str | None = None
    open_streams: int = 0
    produced: int = 0
    waiting: int = 0
    deliveries: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def authorise(self, token: str) -> Viewer:
        if not self.database:
            raise Unavailable("The database is away.")
        if token == "crash":
            raise RuntimeError("authorise crashed")
        if token != TOKEN or self.revoked:
            raise Unauthenticated("The token is unknown, expired or revoked.")
        return VIEWER

    async def vouch(self, tokens: Collection[str]) -> dict[str, Viewer]:
        if not self.database:
            raise Unavailable("The database is away.")
        return {} if self.revoked else dict.fromkeys(tokens, VIEWER)

    async def ready(self) -> str | None:
        return self.not_ready

    async def accept_delivery(self, *, source: str, key: str, event: str, body: bytes) -> bool:
        if not self.database:
            raise Unavailable("The database is away.")
        new = (source, key) not in self.deliveries
        self.deliveries.setdefault((source, key), body)
        return new

    async def execute(
        self, operation: Operation, viewer: Viewer, *, queries_only: bool, streams: bool
    ) -> Answer | Refusal | Stream:
        assert viewer is VIEWER
        try:
            document = graphql.parse(operation.query)
        except graphql.GraphQLError as error:
            return _refusal([error], ErrorCode.PARSE_FAILED)
        if errors := graphql.validate(self.schema, document):
            return _refusal(errors, ErrorCode.VALIDATION_FAILED)
        wanted = graphql.get_operation_ast(document, operation.operation_name)
        kind = wanted.operation.value if wanted else "query"
        if (kind == "mutation" and queries_only) or (kind == "subscription" and not streams):
            misplaced = graphql.GraphQLError(f"There are no {kind}s here.")
            return _refusal([misplaced], ErrorCode.BAD_REQUEST, misplaced=True)
        if "full" in operation.query:
            return _refusal(
                [graphql.GraphQLError("Full.")], ErrorCode.UNAVAILABLE, unavailable=True
            )
        await self._misbehave(operation.query)
        variables = dict(operation.variables)
        if kind == "subscription":
            return await self._subscribe(document, variables, operation.resume_after or 0)
        result = graphql.execute(
            self.schema, document, self, variable_values=variables,
            operation_name=operation.operation_name,
        )  # fmt: skip
        return _answer(await result if inspect.isawaitable(result) else result)

    async def _misbehave(self, query: str) -> None:
        if "crash" in query:
            raise RuntimeError("the executor crashed")
        if "forbidden" in query:
            raise Forbidden("This needs a token with the scope admin.")
        if "unavailable" in query:
            raise Unavailable("The database is away.")
        if "wait" in query:
            self.waiting += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.waiting -= 1

    async def _subscribe(
        self, document: graphql.DocumentNode, variables: dict[str, Any], after: int
    ) -> Stream | Refusal:
        found = graphql.subscribe(self.schema, document, self, variable_values=variables)
        source: Any = await found if inspect.isawaitable(found) else found
        if isinstance(source, graphql.ExecutionResult):
            return _refusal(source.errors or [], ErrorCode.BAD_REQUEST)

        return Stream(lambda listener: Pulled(source, listener, after))

    def hello(self, _: Any, name: str) -> str:
        return f"hello {name}"

    def half(self, _: Any) -> str:
        raise ValueError("half of it failed")

    def padding(self, _: Any, size: int) -> str:
        return "x" * size

    def add(self, _: Any, to: int, n: int) -> int:
        return to + n

    async def count(self, _: Any, to: int, size: int) -> AsyncGenerator[dict[str, str], None]:
        self.open_streams += 1
        try:
            for number in range(to):
                self.produced += 1
                yield {"count": f"{number}" + "x" * size}
        finally:
            self.open_streams -= 1

    async def forever(self, _: Any) -> AsyncGenerator[dict[str, int], None]:
        self.open_streams += 1
        try:
            yield {"forever": 1}
            await asyncio.Event().wait()
        finally:
            self.open_streams -= 1

    async def explode(self, _: Any) -> AsyncGenerator[dict[str, int], None]:
        yield {"explode": 1}
        raise RuntimeError("the source crashed")


def _answer(result: graphql.ExecutionResult) -> Answer | Refusal:
    errors = result.errors or []
    if result.data is None and not any(error.path for error in errors):
        return _refusal(errors, ErrorCode.BAD_REQUEST)
    return Answer(orjson.dumps(result.formatted), partial=bool(errors), cost=COST)


def _refusal(errors: list[graphql.GraphQLError], code: ErrorCode, **kind: bool) -> Refusal:
    members = [{"message": e.message, "extensions": {"code": str(code)}} for e in errors]
    return Refusal(orjson.dumps(members), **kind)


@dataclass(frozen=True)
class ToyVendor:
    """An integration whose signature is the bare HMAC of the body."""

    name: str = "toy"
    malformed_status: int = 422
    max_body_bytes: int = 64 * 1024

    @property
    def manifest(self) -> Manifest:
        policy = WebhookPolicy("TOY_WEBHOOK_SECRET", self.max_body_bytes, self.malformed_status)
        return Manifest(self.name, "Toy", frozenset({Role.PAGES}), policy)

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None:
        given = headers.get(b"x-toy-signature", ())
        if len(given) != 1:
            raise BadSignature("Send the header X-Toy-Signature once.")
        if not any(hmac.compare_digest(sign(body, s.value).encode(), given[0]) for s in secrets):
            raise BadSignature("X-Toy-Signature does not fit the body.")

    def open(self, headers: Headers, body: bytes) -> Envelope:
        if body.startswith(b"crash"):
            raise RuntimeError(f"the plugin crashed on {body!r}")
        try:
            message = json.loads(body)
        except ValueError:
            raise Malformed("This is not JSON.") from None
        if not isinstance(message, Mapping) or "id" not in message:
            raise Malformed("There is no id.")
        return Envelope(str(message["id"]), "toy.event")

    def parse(self, delivery: Delivery) -> Observations:
        return ()


class AskingVendor(ToyVendor):
    """One that wants an answer to whatever holds a challenge."""

    def challenge(self, headers: Headers, body: bytes) -> str | None:
        text: str | None = json.loads(body).get("challenge")
        return text


def sign(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def code_of(answer: Any) -> str:
    """The code of an answer's one error."""
    (error,) = answer["errors"]
    assert error["message"]
    code: str = error["extensions"]["code"]
    return code
