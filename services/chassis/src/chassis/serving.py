"""A room listens on its port; one that faces the world has a second door, behind which lies less."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from litestar.types import ASGIApp, Receive, Scope, Send

from chassis.backoff import Pause

INSIDE = ("commands", "feed", "health", "metrics")
"""Beginnings of addresses that only rooms, probes and Prometheus use."""


class Outside:
    """The same room for the world: what is meant for inside does not exist there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "path" in scope and scope["path"].strip("/").split("/")[0] in INSIDE:
            hidden: Any = dict(scope) | {"path": "/-", "raw_path": b"/-"}
            return await self.app(hidden, receive, send)
        return await self.app(scope, receive, send)


@asynccontextmanager
async def served(app: ASGIApp, host: str, port: int) -> AsyncIterator[Server]:
    # Only the first door opens and closes the application.
    interface = Interfaces.ASGINL if isinstance(app, Outside) else Interfaces.ASGI
    server = Server(
        app,
        address=host,
        port=port,
        interface=interface,
        log_enabled=False,
        http1_settings=HTTP1Settings(keep_alive=True),
    )
    running = asyncio.create_task(server.serve())
    try:
        await until_it_listens(host, port, running)
        yield server
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait([running], timeout=5)


async def until_it_listens(host: str, port: int, running: asyncio.Task[Any]) -> None:
    pause = Pause(0.01, 0.2)
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            if running.done():
                raise
            await pause.wait()
        else:
            writer.close()
            return
