"""A vendor's API on 127.0.0.1 that answers as a test wants, and remembers what it heard."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Heard:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Vendor:
    """A server that takes its answers from a line, and then gives the one of `always`."""

    url: str = ""
    line: list[web.StreamResponse | Answers] = field(default_factory=list)
    always: Answers | None = None
    heard: list[Heard] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Heard(request.method, request.raw_path, headers, body))
        answer = self.line.pop(0) if self.line else self.always
        assert answer is not None, f"nobody said what {request.raw_path} answers"
        return answer if isinstance(answer, web.StreamResponse) else await answer(request)

    @property
    def asked(self) -> list[str]:
        """Method and path of every request."""
        return [f"{each.method} {each.path}" for each in self.heard]


def says(body: object = None, status: int = 200, **headers: str) -> web.Response:
    """An answer in JSON; the headers' names are written with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(body, status=status, headers=named)


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Close the connection in place of an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """Begin an answer, and close the connection in the middle of it."""
    response = web.StreamResponse(headers={"content-length": "1000"})
    await response.prepare(request)
    await response.write(b'{"records": [')
    assert request.transport is not None
    request.transport.close()
    return response


@asynccontextmanager
async def vendor() -> AsyncIterator[Vendor]:
    """A vendor that listens while the block runs."""
    found = Vendor()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        found.url = f"http://{host}:{port}"
        yield found
    finally:
        await runner.cleanup()
