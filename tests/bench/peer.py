"""Serving a peer that is written in Python, with uvicorn's options as our own server sets them."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

from server.serving import listen, port_of


async def serve(name: str, app: Any, **options: Any) -> None:
    """Serve an ASGI application at /graphql until a signal, and tell where."""
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(
            app,
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            **options,
        )
        sys.stdout.write(f"{name} serves http://127.0.0.1:{port_of(listening)}/graphql\n")
        sys.stdout.flush()
        await uvicorn.Server(config).serve([listening])
