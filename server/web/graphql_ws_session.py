"""One client's GraphQL socket, driven by what happens to it: it has no task while all is quiet."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, assert_never

from server.domain.viewer import Viewer
from server.errors import CodedError, Unauthenticated, Unavailable
from server.log import REQUEST_ID
from server.operation import Answer, End, Following, Operation, Refusal, Result, Stream
from server.web import graphql_ws
from server.web.authentication import bearer_token
from server.web.graphql_ws import CloseCode, Closed, Initialise, Reply, Start, Step, Stop, Subscribe
from server.web.ports import Authorise, Execute
from server.web.refusals import errors_json, mask
from server.web.sessions import Sessions

MOST_AT_ONCE: Final = 64 * 1024
"""About how many bytes of results a socket is given before it is asked whether it takes more."""

FRAMES_A_TURN: Final = 32
"""How many frames of one client are handled before others get their turn."""


class Wire(Protocol):
    """A transport of messages to one client. Nothing it is given is lost while it is open."""

    @property
    def paused(self) -> bool:
        """Whether the client does not take what was sent; `Session.resumed` tells when it does."""
        ...

    def send(self, frame: bytes) -> None:
        """Send a text message, in UTF-8."""
        ...

    def push(self, prefix: bytes, results: Sequence[Result]) -> None:
        """Send a message for each result: the prefix, its body, and a closing brace."""
        ...

    def hold(self, wait: bool) -> None:  # a switch
        """Receive nothing for a while, or again."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Say why, and end it; by force, if the client does not listen."""
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


@dataclass(frozen=True, slots=True)
class Desk:
    """What every session needs of the server."""

    execute: Execute
    authorise: Authorise
    sessions: Sessions
    timing: Timing


class Sending:
    """A subscription of a session: a place in a stream, and what its frames begin with."""

    __slots__ = ("_prefix", "_session", "_wire", "following", "over", "start")

    def __init__(self, session: "GraphQLSession", wire: Wire, start: Start, stream: Stream) -> None:
        self._session, self._wire, self.start = session, wire, start
        self._prefix = graphql_ws.next_prefix(start)
        self.over = False
        self.following: Following = stream.follow(self)

    def offer(self, results: Sequence[Result]) -> bool:
        """Send these at once, if the client takes them."""
        if self._wire.paused:
            return False
        self._wire.push(self._prefix, results)
        return True

    def wake(self) -> None:
        """Send what there is, as long as the client takes it."""
        while not (self.over or self._wire.paused):
            results = self.following.take(MOST_AT_ONCE)
            if not results:
                if self.following.end:
                    self._session.conclude(self, self.following.end)
                return
            self._wire.push(self._prefix, results)

    def leave(self) -> None:
        """Follow no longer."""
        self.over = True
        self.following.leave()


class GraphQLSession:
    """A client from its handshake to its end.

    Queries and mutations run in tasks. A subscription needs one until it has begun; then it is a
    place in a stream, which wakes the session when there is something to send.
    """

    __slots__ = (
        "_desk",
        "_frames",
        "_heard",
        "_over",
        "_protocol",
        "_quota",
        "_request_id",
        "_roomy",
        "_running",
        "_timer",
        "_took",
        "_viewer",
        "_wire",
    )

    def __init__(self, wire: Wire, desk: Desk, request_id: str) -> None:
        self._wire, self._desk, self._request_id = wire, desk, request_id
        self._protocol = graphql_ws.Protocol()
        self._running: dict[Start | Initialise, asyncio.Task[None] | Sending] = {}
        self._roomy: asyncio.Future[None] | None = None
        self._frames: deque[str | bytes] | None = None
        self._quota = FRAMES_A_TURN
        self._heard = self._took = True
        self._over = False
        self._viewer: Viewer | None = None
        self._timer = self._later(desk.timing.initialisation, self._expect_initialisation)
        desk.sessions.add(self)

    # ── what happens to it ───────────────────────────────────────────────────

    def received(self, frame: str | bytes) -> None:
        """Take a message: now, or in a later turn of the event loop where it sends very many."""
        if self._quota == FRAMES_A_TURN:
            asyncio.get_running_loop().call_soon(self._next_turn)
        if self._quota:
            self._quota -= 1
            self._handle(frame)
            return
        if self._frames is None:
            self._frames = deque()
            self._wire.hold(True)
        self._frames.append(frame)

    def resumed(self) -> None:
        """Hear that the client takes again what is sent."""
        self._took = True
        if self._roomy:
            self._roomy.set_result(None)
            self._roomy = None
        for each in list(self._running.values()):
            if isinstance(each, Sending):
                each.wake()

    def lost(self) -> None:
        """Hear that the client is gone: everything it asked for ends."""
        if self._over:
            return
        self._over = True
        self._timer.cancel()
        self._frames = None
        self._desk.sessions.remove(self)
        for each in list(self._running.values()):
            self._leave(each)

    def end(self, reason: Closed) -> None:
        """Send the client away."""
        if not self._over:
            self.lost()
            self._wire.close(reason.code, reason.reason)

    def _next_turn(self) -> None:
        self._quota = FRAMES_A_TURN
        waiting, self._frames = self._frames, None
        if waiting is None or self._over:
            return
        while waiting and self._quota:
            self.received(waiting.popleft())
        if waiting:
            self._frames = waiting
        else:
            self._wire.hold(False)

    def _handle(self, frame: str | bytes) -> None:
        if self._over:
            return
        self._heard = True
        try:
            self._take(self._protocol.receive(frame))
        except Closed as reason:
            self.end(reason)

    def _take(self, step: Step) -> None:
        match step:
            case Initialise():
                self._run(step, self._initialise(step))
            case Subscribe():
                self._run(step.start, self._operate(step))
            case Stop():
                self._leave(self._running[step.start])
            case Reply():
                self._wire.send(step.frame)
            case None:
                pass
            case _:
                assert_never(step)

    # ── operations ───────────────────────────────────────────────────────────

    def _run(self, start: Start | Initialise, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running[start] = task

        def done(_: asyncio.Task[None]) -> None:
            # Not a `finally` of the task: one that is cancelled before its first step runs none.
            if self._running.get(start) is task:
                self._forget(start)

        task.add_done_callback(done)

    def _forget(self, start: Start | Initialise) -> None:
        del self._running[start]
        if isinstance(start, Start):
            self._protocol.end(start)

    def _leave(self, running: asyncio.Task[None] | Sending) -> None:
        if isinstance(running, Sending):
            running.leave()
            self._forget(running.start)
        else:
            running.cancel()

    async def _initialise(self, step: Initialise) -> None:
        REQUEST_ID.set(self._request_id)
        try:
            token = bearer_token(step.authorization)
            self._viewer = await self._desk.authorise(token)
        except Unavailable as trouble:
            self.end(Closed(CloseCode.TRY_AGAIN_LATER, trouble.message))
        except CodedError as refusal:
            self.end(Closed(CloseCode.FORBIDDEN, refusal.message))
        except Exception as fault:  # noqa: BLE001 - the client must hear of it
            self.end(Closed(CloseCode.INTERNAL_ERROR, mask(fault, "websocket").message))
        else:
            self._desk.sessions.know(self, (token, self._viewer))
            self._wire.send(self._protocol.acknowledge())

    async def _operate(self, step: Subscribe) -> None:
        REQUEST_ID.set(self._request_id)
        start = step.start
        try:
            last = await self._perform(start, step.operation)
        except CodedError as error:
            last = graphql_ws.error_frame(start, errors_json(error))
        except Exception as fault:  # noqa: BLE001 - the socket and its other operations live on
            last = graphql_ws.error_frame(start, errors_json(mask(fault, "websocket")))
        if last is not None:
            await self._room()
            self._finish(start, last)

    async def _perform(self, start: Start, operation: Operation) -> bytes | None:
        """Run an operation; its last frame, or None where it goes on by itself."""
        if self._viewer is None:
            raise Unauthenticated("Say who you are first.")
        outcome = await self._desk.execute(
            operation, self._viewer, queries_only=False, streams=True
        )
        match outcome:
            case Answer():
                await self._room()
                self._wire.send(graphql_ws.next_frame(start, outcome.body))
                return graphql_ws.complete_frame(start)
            case Refusal():
                return graphql_ws.error_frame(start, outcome.errors)
            case Stream():
                self._running[start] = sending = Sending(self, self._wire, start, outcome)
                sending.wake()
                return None
            case _:
                assert_never(outcome)

    def conclude(self, sending: Sending, end: End) -> None:
        """End a subscription of which no more will come."""
        sending.leave()
        start = sending.start
        last = graphql_ws.error_frame(start, end.errors) if end.errors else None
        self._finish(start, last or graphql_ws.complete_frame(start))
        self._forget(start)

    def _finish(self, start: Start, last: bytes) -> None:
        if self._protocol.finish(start):
            self._wire.send(last)

    async def _room(self) -> None:
        """Wait until the client takes what is sent: nothing queues up here."""
        while self._wire.paused:
            if self._roomy is None:
                self._roomy = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._roomy)

    # ── time ─────────────────────────────────────────────────────────────────

    def _later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, call)

    def _expect_initialisation(self) -> None:
        if self._protocol.initialised:
            # Those who came together are not pinged together.
            apart = random.uniform(0, self._desk.timing.silence)  # noqa: S311  # guards nothing
            self._timer = self._later(apart, self._ping)
        else:
            reason = "Connection initialisation timeout"
            self.end(Closed(CloseCode.INITIALISATION_TIMEOUT, reason))

    def _ping(self) -> None:
        self._heard, self._took = False, not self._wire.paused
        if self._took:
            self._wire.send(graphql_ws.PING)
        self._timer = self._later(self._desk.timing.silence, self._expect_sign)

    def _expect_sign(self) -> None:
        if not self._took:
            self.end(Closed(CloseCode.TERMINATED, "The client does not read"))
        elif not self._heard:
            self.end(Closed(CloseCode.TERMINATED, "The client does not answer"))
        else:
            self._ping()
