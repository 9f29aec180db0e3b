"""One client's GraphQL socket: drives the protocol over any transport that carries frames."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Protocol, assert_never

from server.domain.viewer import Viewer
from server.errors import CodedError, Unavailable
from server.operation import Answer, Refusal, Stream
from server.web import graphql_ws
from server.web.authentication import bearer_token
from server.web.graphql_ws import CloseCode, Closed, Initialise, Reply, Start, Step, Stop
from server.web.ports import Authorise, Execute
from server.web.refusals import errors_json, mask


class Disconnected(Exception):
    """The other side is gone."""


class Frames(Protocol):
    """A transport of messages. Each method raises `Disconnected` once the other side is gone."""

    async def receive(self) -> str | bytes:
        """Wait for the next message: text, or binary."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send text in UTF-8; waits while the client does not read."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Say why, and end it."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds a client has.

    `initialisation`: until its first message (the protocol's own figure is 3; a phone needs more).
    `silence`: between two pings; who says nothing from one to the next counts as gone.
    `close`: to take the last frame.
    """

    initialisation: float = 10.0
    silence: float = 25.0
    close: float = 5.0


class Socket:
    """A client's connection from the handshake to its end.

    Every operation is a task of its own that waits until the client takes what it sends, so
    nothing queues up here. All tasks are cancelled and awaited before `run` returns.
    """

    def __init__(
        self,
        frames: Frames,
        *,
        execute: Execute,
        authorise: Authorise,
        draining: asyncio.Event,
        timing: Timing,
    ) -> None:
        self._frames = frames
        self._execute = execute
        self._authorise = authorise
        self._draining = draining
        self._timing = timing
        self._protocol = graphql_ws.Protocol()
        self._operations: dict[Start, asyncio.Task[None]] = {}
        self._token: str
        self._viewer: Viewer
        self._heard = False

    async def run(self) -> None:
        """Serve the client until it leaves, breaks the protocol, or the server drains."""
        reasons: list[Closed] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_alive())
                tasks.create_task(self._close_when_draining())
                await self._read(tasks)
        except* Disconnected:
            pass
        except* Closed as group:
            reasons = [reason for reason in group.exceptions if isinstance(reason, Closed)]
        if reasons:
            await self._close(reasons[0])

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            frame = await self._frames.receive()
            self._heard = True
            await self._take(self._protocol.receive(frame), tasks)
            # Many frames may have come in one packet: let others run between them.
            await asyncio.sleep(0)

    async def _take(self, step: Step, tasks: asyncio.TaskGroup) -> None:
        match step:
            case Initialise():
                tasks.create_task(self._initialise(step))
            case Start():
                self._start(step, tasks)
            case Stop():
                await self._stop(step)
            case Reply():
                await self._frames.send(step.frame)
            case None:
                pass
            case _:
                assert_never(step)

    async def _initialise(self, step: Initialise) -> None:
        try:
            self._token = bearer_token(step.authorization)
            self._viewer = await self._authorise(self._token)
        except Unavailable as trouble:
            raise Closed(CloseCode.TRY_AGAIN_LATER, trouble.message) from None
        except CodedError as refusal:
            raise Closed(CloseCode.FORBIDDEN, refusal.message) from None
        await self._frames.send(self._protocol.acknowledge())

    def _start(self, start: Start, tasks: asyncio.TaskGroup) -> None:
        def end(_: asyncio.Task[None]) -> None:
            del self._operations[start]
            self._protocol.end(start)

        task = tasks.create_task(self._operate(start))
        self._operations[start] = task
        # Not a `finally` of the task: one that is cancelled before its first step runs none.
        task.add_done_callback(end)

    async def _stop(self, stop: Stop) -> None:
        # Waiting for the end bounds what a client can leave behind by starting and stopping.
        operation = self._operations[stop.start]
        operation.cancel()
        await asyncio.wait([operation])

    async def _operate(self, start: Start) -> None:
        try:
            last = await self._perform(start)
        except Disconnected:
            raise
        except CodedError as error:
            last = graphql_ws.error_frame(start, errors_json(error))
        except Exception as fault:  # noqa: BLE001 - the socket and its other operations live on
            last = graphql_ws.error_frame(start, errors_json(mask(fault, "websocket")))
        if self._protocol.finish(start):
            await self._frames.send(last)

    async def _perform(self, start: Start) -> bytes:
        """Run an operation and send its results; returns its last frame, which is not sent yet."""
        outcome = await self._execute(
            start.operation, self._viewer, queries_only=False, streams=True
        )
        match outcome:
            case Answer():
                await self._frames.send(graphql_ws.next_frame(start, outcome.body))
            case Stream():
                await self._stream(start, outcome)
            case Refusal():
                return graphql_ws.error_frame(start, outcome.errors)
            case _:
                assert_never(outcome)
        return graphql_ws.complete_frame(start)

    async def _stream(self, start: Start, stream: Stream) -> None:
        async with aclosing(stream.events) as events:
            async for result in events:
                await self._frames.send(graphql_ws.next_frame(start, result))
                # Neither a source that never waits nor a socket with room gives way by itself.
                await asyncio.sleep(0)

    async def _keep_alive(self) -> None:
        await asyncio.sleep(self._timing.initialisation)
        if not self._protocol.initialised:
            raise Closed(CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout")
        while True:
            await self._ping()
            if self._protocol.acknowledged:
                await self._authorise_again()

    async def _ping(self) -> None:
        self._heard = False
        try:
            async with asyncio.timeout(self._timing.silence):
                await self._frames.send(graphql_ws.PING)
        except TimeoutError:
            raise Closed(CloseCode.TERMINATED, "The client does not read") from None
        await asyncio.sleep(self._timing.silence)
        if not self._heard:
            raise Closed(CloseCode.TERMINATED, "The client does not answer")

    async def _authorise_again(self) -> None:
        """Close the socket of a token that was revoked or has expired meanwhile."""
        try:
            await self._authorise(self._token)
        except Unavailable:
            return  # A database that is away for a moment says nothing of the token.
        except CodedError as refusal:
            raise Closed(CloseCode.FORBIDDEN, refusal.message) from None

    async def _close_when_draining(self) -> None:
        await self._draining.wait()
        raise Closed(CloseCode.RESTART, "Service restart")

    async def _close(self, reason: Closed) -> None:
        with suppress(Disconnected, TimeoutError):
            async with asyncio.timeout(self._timing.close):
                await self._frames.close(reason.code, reason.reason)
