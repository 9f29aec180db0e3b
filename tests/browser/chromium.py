"""A headless Chromium for tests, driven over the Chrome DevTools Protocol."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # tests may run as root, where Chromium's sandbox cannot
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--window-size=1500,900",
)
_PATIENCE = 30.0
"""Seconds until a start or a condition counts as failed: far more than either needs."""


class JavaScriptError(Exception):
    """An expression that threw in the page."""


@dataclass(slots=True)
class Page:
    """One browser tab, with everything it asked for and complained about since it was opened."""

    _connection: "_Connection"
    requests: list[dict[str, Any]] = field(default_factory=list)
    """CDP `Network.Request` objects: url, method, headers."""
    sockets: list[str] = field(default_factory=list)
    """URLs of the WebSockets it opened."""
    sent: list[str] = field(default_factory=list)
    """Text frames it sent over them."""
    complaints: list[str] = field(default_factory=list)
    """Console errors and warnings, uncaught exceptions, refused loads, CSP violations."""

    @property
    def urls(self) -> list[str]:
        """Every URL asked for over HTTP or WebSocket; `data:` stays in the page."""
        urls = [request["url"] for request in self.requests]
        return [url for url in (*urls, *self.sockets) if not url.startswith("data:")]

    async def open(self, url: str) -> None:
        """Goes to `url`, whatever the tab showed before."""
        answer = await self._connection.call("Page.navigate", url=url)
        assert "errorText" not in answer, answer

    async def evaluate(self, expression: str) -> Any:
        """The JSON value of a JavaScript expression; a promise is awaited."""
        answer = await self._connection.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise JavaScriptError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    async def wait_for(self, expression: str) -> Any:
        """The first value of a JavaScript expression that Python counts as true.

        AssertionError where none comes, with the page's complaints and text.
        Errors of the expression count as not yet: the page may still be loading.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while True:
                    with suppress(JavaScriptError, ProtocolError):
                        if value := await self.evaluate(expression):
                            return value
                    await asyncio.sleep(0.05)
        text = await self.evaluate("document.body.innerText")
        raise AssertionError(f"never true: {expression}\n{self.complaints}\n{text}")

    async def click(self, selector: str) -> None:
        """Clicks the first element of a CSS selector, once there is one."""
        await self.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    async def write(self, selector: str, text: str) -> None:
        """Types `text` into the first element of a CSS selector."""
        await self.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        await self._connection.call("Input.insertText", text=text)

    async def screenshot(self) -> bytes:
        """What the window shows, as PNG."""
        answer = await self._connection.call("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    def note(self, method: str, event: dict[str, Any]) -> None:
        """Keeps what one event of the protocol says about the page."""
        match method:
            case "Network.requestWillBeSent":
                self.requests.append(event["request"])
            case "Network.webSocketCreated":
                self.sockets.append(event["url"])
            case "Network.webSocketFrameSent":
                self.sent.append(event["response"]["payloadData"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(event["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if event["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(event["args"]))
            case "Log.entryAdded" if event["entry"]["level"] in ("error", "warning"):
                self.complaints.append(json.dumps(event["entry"]))


class ProtocolError(Exception):
    """A command Chromium refused."""


class _Connection:
    """Commands and events of one tab over the browser's one WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.session: str | None = None

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to one command; ProtocolError where Chromium refuses it."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        await self._socket.send(json.dumps(message))
        async with asyncio.timeout(_PATIENCE):
            return await answer

    async def listen(self, page: Page) -> None:
        """Reads until the socket closes: answers to their callers, events to the page."""
        async for text in self._socket:
            message = json.loads(text)
            if "method" in message:
                page.note(message["method"], message["params"])
            elif "error" in message:
                self._waiting.pop(message["id"]).set_exception(ProtocolError(message["error"]))
            else:
                self._waiting.pop(message["id"]).set_result(message["result"])


def find_chromium() -> str | None:
    """The path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@asynccontextmanager
async def chromium_page(executable: str) -> AsyncIterator[Page]:
    """A new Chromium with a fresh profile and one empty tab; it ends with the block."""
    async with _browser(executable) as url, connect(url, max_size=None) as socket:
        connection = _Connection(socket)
        page = Page(connection)
        listener = asyncio.create_task(connection.listen(page))
        try:
            target = await connection.call("Target.createTarget", url="about:blank")
            attached = await connection.call("Target.attachToTarget", **target, flatten=True)
            connection.session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log"):
                await connection.call(f"{domain}.enable")
            yield page
        finally:
            listener.cancel()


@asynccontextmanager
async def _browser(executable: str) -> AsyncIterator[str]:
    """The DevTools URL of a running browser."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            executable,
            *_FLAGS,
            f"--user-data-dir={profile}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": profile},
            start_new_session=True,
        )
        try:
            yield await _devtools_url(Path(profile) / "DevToolsActivePort", process)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its own group: the tab processes too
            await process.wait()


async def _devtools_url(file: Path, process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(_PATIENCE):
        while True:
            assert process.returncode is None, f"chromium ended with {process.returncode}"
            with suppress(FileNotFoundError, ValueError):
                port, path = (await asyncio.to_thread(file.read_text)).split()
                return f"ws://127.0.0.1:{port}{path}"
            await asyncio.sleep(0.05)
