"""The GraphiQL page: a browser's way into the API, served whole from this origin.

The page is open and holds no data. Its token travels in the URL's fragment
(`/graphql#token=…`), which no browser sends to a server.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["example_document", "page", "routes", "tab_documents"]

_HERE = Path(__file__).parent
_VENDOR = _HERE / "vendor"
_MEDIA_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}

# GraphiQL's dialogs add a <style> element while they are open: the one thing inline.
# 'self' in connect-src covers ws: and wss: of this origin (CSP 3).
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src data:",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as the browser gets it, and the digest of its bytes (SHA-256, hexadecimal)."""

    name: str
    body: bytes
    digest: str

    @property
    def path(self) -> str:
        """Where the page finds it: relative to the page, and another path for other bytes."""
        return f"graphiql/{self.digest[:16]}/{self.name}"


def page(request: Request) -> Response:
    """The page itself; the caller decides that it is a browser that asks."""
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return _respond(request, _page(), headers)


def routes() -> list[Route]:
    """The routes of the page's scripts and styles, beside the page's own: `/graphiql/…`."""
    return [Route("/graphiql/{digest}/{name}", _asset)]


@cache
def tab_documents() -> tuple[str, ...]:
    """The GraphQL documents the page opens with, one a tab, in order."""
    return tuple(
        path.read_text(encoding="utf-8") for path in sorted((_HERE / "tabs").glob("*.graphql"))
    )


@cache
def example_document() -> str:
    """The query that finds values for the tabs' variables."""
    return (_HERE / "examples.graphql").read_text(encoding="utf-8")


def _asset(request: Request) -> Response:
    file = _assets().get(f"graphiql/{request.path_params['digest']}/{request.path_params['name']}")
    if file is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return _respond(request, file, headers)


def _respond(request: Request, file: _File, headers: Mapping[str, str]) -> Response:
    etag = f'"{file.digest}"'
    common = {"ETag": etag, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
    if etag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={**common, **headers})
    media_type = _MEDIA_TYPES[Path(file.name).suffix]
    return Response(file.body, headers={**common, **headers}, media_type=media_type)


@cache
def _assets() -> dict[str, _File]:
    """Every script and style of the page by its path: an allow-list, nothing else is served."""
    vendored = json.loads((_VENDOR / "digests.json").read_bytes())["packages"]
    names = (Path(file["path"]).name for package in vendored for file in package["files"])
    paths = [_HERE / "page.css", _HERE / "page.js", *(_VENDOR / name for name in names)]
    files = (_file(path.name, path.read_bytes()) for path in paths)
    return {file.path: file for file in files}


@cache
def _page() -> _File:
    documents = json.dumps({"tabs": tab_documents(), "examples": example_document()})
    # Inside <script> only "<" could end the element; JSON lets it be written otherwise.
    html = Template((_HERE / "page.html").read_text(encoding="utf-8")).substitute(
        documents=documents.replace("<", "\\u003c")
    )
    for file in _assets().values():
        html = html.replace(f'="{file.name}"', f'="{file.path}"')
    return _file("page.html", html.encode())


def _file(name: str, body: bytes) -> _File:
    return _File(name, body, hashlib.sha256(body).hexdigest())
