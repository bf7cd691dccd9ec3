"""Opens the dispatch desk: `python -m desk`."""

from __future__ import annotations

import asyncio
import logging
import signal

from granian.constants import Interfaces
from granian.server.embed import Server

from desk.application import application, opened
from desk.settings import Settings


async def main() -> None:
    settings = Settings()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(settings) as desk:
        server = Server(
            application(desk),
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            log_enabled=False,
        )
        running = asyncio.create_task(server.serve())
        ended = asyncio.create_task(stop.wait())
        await asyncio.wait([running, ended], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()  # a taken port, say
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait([running], timeout=5)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(main())
