"""The desk as one web application, with its work in the background."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.static_files import create_static_files_router

from desk import machine, tables
from desk.bridge import connected
from desk.desk import Desk
from desk.pages import customers, external_orders, transport_orders
from desk.records import Refused
from desk.settings import Settings
from desk.tasks import TASKS, kept
from desk.web import HERE, noted, refused, safe

LARGEST = 200 * 1024 * 1024
"""of an import, bytes"""


def application(desk: Desk) -> Litestar:
    handlers: dict[Any, Any] = {Refused: refused}
    return Litestar(
        route_handlers=[
            *customers.ROUTES,
            *external_orders.ROUTES,
            *transport_orders.ROUTES,
            *machine.ROUTES,
            create_static_files_router(path="/static", directories=[HERE / "static"]),
        ],
        exception_handlers=handlers,
        before_send=[safe],
        after_exception=[noted],
        state=State({"desk": desk}),
        request_max_body_size=LARGEST,
        openapi_config=None,
        logging_config=None,
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Desk]:
    """The desk at work: what it does by itself runs until the end of the block."""
    async with tables.opened(settings.database_url) as pool, connected(settings.bridge_url, settings.api_key) as bridge:
        desk = Desk(settings, pool, bridge)
        running = [asyncio.create_task(kept(task, desk)) for task in TASKS]
        try:
            yield desk
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
