"""The least that a server may do that takes webhooks: verify, keep one row, answer 202."""

from __future__ import annotations

import asyncio
import hmac
import sys
from collections.abc import AsyncIterator

import asyncpg
from aiohttp import web

SECRET = "bare-inbox"
_TABLE = "create table if not exists bare_inbox (key text primary key, body bytea not null)"
_KEEP = "insert into bare_inbox values ($1, $2) on conflict do nothing"


async def _keep(request: web.Request) -> web.Response:
    body = await request.read()
    signature = "v1=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    if not hmac.compare_digest(signature, request.headers["x-pagerduty-signature"]):
        return web.Response(status=401)
    await request.app[POOL].execute(_KEEP, request.headers["x-webhook-id"], body)
    return web.Response(status=202)


POOL: web.AppKey[asyncpg.Pool[asyncpg.Record]] = web.AppKey("pool", asyncpg.Pool)


async def _with_pool(app: web.Application) -> AsyncIterator[None]:
    async with asyncpg.create_pool(sys.argv[1], max_size=10) as pool:
        await pool.execute(_TABLE)
        app[POOL] = pool
        yield
        await pool.execute("drop table bare_inbox")


async def main() -> None:
    """Serve until the process is ended."""
    app = web.Application()
    app.router.add_post("/webhooks/pagerduty", _keep)
    app.cleanup_ctx.append(_with_pool)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"Inbox serves http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
