"""The bounds of a request's body, over a real socket."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.errors import CodedError
from server.web.bodies import Bodies
from server.web.refusals import error_response
from tests.web.conftest import serve

LIMIT = 1_000


@asynccontextmanager
async def serving(bodies: Bodies) -> AsyncIterator[str]:
    """A server that answers with the length of what it was sent."""

    async def measure(request: Request) -> Response:
        try:
            return Response(str(len(await bodies.read(request.scope, request.receive, LIMIT))))
        except CodedError as error:
            return error_response(error)

    async with serve(Starlette(routes=[Route("/", measure, methods=["POST"])])) as address:
        yield address


async def post(address: str, size: int) -> tuple[int, str]:
    data = io.BytesIO(b"x" * size)
    async with aiohttp.ClientSession() as http, http.post(f"http://{address}", data=data) as answer:
        return answer.status, await answer.text()


async def begin(address: str, size: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Start a chunked body of `size` bytes and leave it open."""
    reader, writer = await asyncio.open_connection(*address.split(":"))
    head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(f"{head}{size:x}\r\n{'x' * size}\r\n".encode())
    await writer.drain()
    return reader, writer


async def test_a_body_may_have_the_limit_and_no_more() -> None:
    async with serving(Bodies()) as address:
        assert await post(address, 0) == (200, "0")
        assert await post(address, LIMIT) == (200, str(LIMIT))
        status, _ = await post(address, LIMIT + 1)
        assert status == 413


async def test_a_body_that_stands_still_is_408() -> None:
    async with serving(Bodies(patience=0.05)) as address:
        reader, writer = await begin(address, 10)
        assert b" 408 " in await reader.readline()
        writer.close()


async def test_the_bodies_of_all_requests_share_a_budget_and_give_it_back() -> None:
    async with serving(Bodies(budget=1_500)) as address:
        _, writer = await begin(address, 1_000)
        status, text = await post(address, 900)
        assert (status, "UNAVAILABLE" in text) == (503, True)
        writer.close()
        await writer.wait_closed()
        # The server may notice only now that the first sender has left.
        while (answer := await post(address, 900))[0] == 503:
            pass
        assert answer == (200, "900")
