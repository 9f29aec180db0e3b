"""The graphql-transport-ws protocol without input or output: frames in, steps out.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. Whoever drives it reads frames
from some transport, hands each to `Protocol.receive`, takes the step it returns, and closes the
transport when it raises `Closed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, TypeAlias

import orjson

from server.errors import CodedError, ErrorCode
from server.operation import Operation
from server.web import parameters, strict_json
from server.web.refusals import errors_json

SUBPROTOCOL: Final = "graphql-transport-ws"
MAX_FRAME_BYTES: Final = 1024 * 1024
MAX_OPERATIONS: Final = 100
MAX_ID_CHARACTERS: Final = 255
MAX_REASON_BYTES: Final = 123
"""What a control frame of 125 bytes leaves beside the code (RFC 6455, 5.5)."""

ACKNOWLEDGE: Final = b'{"type":"connection_ack"}'
PING: Final = b'{"type":"ping"}'
_PONG: Final = b'{"type":"pong"}'

_TOO_MANY: Final = CodedError(
    f"A socket runs at most {MAX_OPERATIONS} operations at once; open another.",
    ErrorCode.TOO_MANY,
)


class CloseCode(IntEnum):
    """Why a socket is closed.

    Of these the npm client `graphql-ws` comes back after 1012, 1013, 4403, 4408 and 4499; after
    the others it gives up.
    """

    TOO_LARGE = 1009
    INTERNAL_ERROR = 1011
    RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    BAD_SUBPROTOCOL = 4406
    INITIALISATION_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    TOO_MANY_INITIALISATIONS = 4429
    TERMINATED = 4499


class Closed(Exception):
    """The decision to close a socket."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Initialise:
    """The client says who it is: the values of its Authorization, as of a header."""

    authorization: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """An operation that the client began. Its identity tells it from a later one with its id."""

    id: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The client wants an operation run, which is kept no longer than it takes to begin it."""

    start: Start
    operation: Operation


@dataclass(frozen=True, slots=True)
class Stop:
    """The client wants no more of an operation."""

    start: Start


@dataclass(frozen=True, slots=True)
class Reply:
    """The client gets a frame."""

    frame: bytes


Step: TypeAlias = Initialise | Subscribe | Stop | Reply | None


@dataclass(slots=True)
class Protocol:
    """The state of one socket.

    `running` holds the operations whose id is taken; `unended` counts those, and those the client
    has given up or whose last frame is still on its way, until the driver lets go of them.
    """

    initialised: bool = False
    acknowledged: bool = False
    running: dict[str, Start] = field(default_factory=dict)
    unended: int = 0

    def receive(self, frame: str | bytes) -> Step:
        """Take a frame and say what is to be done.

        Raises:
            Closed: the frame breaks the protocol.
        """
        message = _message(frame)
        match message.get("type"):
            case "connection_init":
                return self._initialise(message)
            case "ping":
                _optional_object(message, "payload")
                return Reply(_PONG)
            case "pong":
                _optional_object(message, "payload")
                return None
            case "subscribe":
                return self._subscribe(message)
            case "complete":
                start = self.running.pop(_id(message), None)
                return Stop(start) if start else None
            case _:
                raise _broken("This type of message is not for the server.")

    def acknowledge(self) -> bytes:
        """Note that the client was told that it is welcome; returns the frame that tells it."""
        self.acknowledged = True
        return ACKNOWLEDGE

    def finish(self, start: Start) -> bool:
        """Free an operation's id; False if the client gave it up before, and hears no more of it.

        It is free before the last frame leaves: who has read that frame may use the id again.
        """
        if self.running.get(start.id) is not start:
            return False
        del self.running[start.id]
        return True

    def end(self, start: Start) -> None:
        """Note, once, that nothing is left of an operation."""
        self.finish(start)
        self.unended -= 1

    def _initialise(self, message: Mapping[str, Any]) -> Initialise:
        if self.initialised:
            raise Closed(CloseCode.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
        payload = _optional_object(message, "payload")
        self.initialised = True
        values = [payload[key] for key in ("authorization", "Authorization") if key in payload]
        if not all(isinstance(value, str) for value in values):
            raise Closed(CloseCode.FORBIDDEN, "`authorization` must be a string")
        return Initialise(tuple(value.encode("utf-8", "replace") for value in values))

    def _subscribe(self, message: Mapping[str, Any]) -> Subscribe | Reply:
        if not self.acknowledged:
            raise Closed(CloseCode.UNAUTHORIZED, "Unauthorized")
        start, operation = Start(_id(message)), _operation(message)
        if start.id in self.running:
            raise Closed(CloseCode.DUPLICATE_ID, f"Subscriber for {start.id} already exists")
        if self.unended >= MAX_OPERATIONS:
            return Reply(error_frame(start, errors_json(_TOO_MANY)))
        self.running[start.id] = start
        self.unended += 1
        return Subscribe(start, operation)


def next_prefix(start: Start) -> bytes:
    """What a result's frame begins with; its JSON follows as it is, and a closing brace."""
    return b'{"id":' + orjson.dumps(start.id) + b',"type":"next","payload":'


def next_frame(start: Start, result: bytes) -> bytes:
    """A result."""
    return next_prefix(start) + result + b"}"


def error_frame(start: Start, errors: bytes) -> bytes:
    """The end of an operation that failed, with the JSON list of its errors."""
    return b'{"id":' + orjson.dumps(start.id) + b',"type":"error","payload":' + errors + b"}"


def complete_frame(start: Start) -> bytes:
    """The end of an operation that has no more results."""
    return b'{"id":' + orjson.dumps(start.id) + b',"type":"complete"}'


def _message(frame: str | bytes) -> Mapping[str, Any]:
    if isinstance(frame, bytes):
        raise _broken("Messages are text, not binary.")
    if len(frame) > MAX_FRAME_BYTES or len(frame.encode()) > MAX_FRAME_BYTES:
        raise Closed(CloseCode.TOO_LARGE, f"A message has at most {MAX_FRAME_BYTES} bytes")
    try:
        message = strict_json.parse(frame)
    except strict_json.NotJSON as error:
        raise _broken(str(error)) from None
    if not isinstance(message, dict):
        raise _broken("A message is a JSON object.")
    return message


def _id(message: Mapping[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= MAX_ID_CHARACTERS:
        raise _broken(f"`id` must be a string of 1 to {MAX_ID_CHARACTERS} characters.")
    return id_


def _operation(message: Mapping[str, Any]) -> Operation:
    try:
        return parameters.from_members(message.get("payload"))
    except CodedError as error:
        raise _broken(error.message) from None


def _optional_object(message: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = message.get(key)
    if not isinstance(value, dict | None):
        raise _broken(f"`{key}` must be an object.")
    return value or {}


def _broken(reason: str) -> Closed:
    return Closed(CloseCode.BAD_REQUEST, reason)
