"""A portal of its own for tests that kill its parts, and an ERP that answers well, with errors, or not at all."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import aiohttp
from aiohttp import web
from bench.firm import Firm
from berlin import today
from embedded.portal import Portal
from embedded.process import until
from psycopg import AsyncConnection

PATTERNS = {"kafka": b"kafka.Kafka", "postgres": b"bin/postgres", "mail": b"embedded.mail_server"}
"""Of the command of a server; a room is found by `-m <its package>`."""


def children_of(portal: Portal, part: str) -> list[int]:
    """The process of a part of `make run`, by its command."""
    assert portal.running is not None
    wanted = PATTERNS.get(part, f"\0-m\0{part}\0".encode())
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == portal.running.pid and wanted in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


def strike(portal: Portal, part: str) -> bool:
    """SIGKILL, as if the power had failed; False while it is on its way back up."""
    struck = children_of(portal, part)
    for process in struck:
        os.kill(process, signal.SIGKILL)
    return bool(struck)


async def rows(portal: Portal, room: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    url = portal.settings.database(f"hoftor_{room}", f"hoftor_{room}")
    async with await AsyncConnection.connect(url, autocommit=True) as conn:
        return await (await conn.execute(query.encode(), values)).fetchall()


@dataclass
class Erp:
    """Takes what it is sent without looking whether it has it: twice sent is twice driven."""

    firm: Firm
    mood: Literal["well", "takes and fails", "fails"] = "well"
    taken: Counter[str] = field(default_factory=Counter)
    traces: dict[str, str] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)
    failures: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _runner: web.AppRunner | None = None

    @property
    def away(self) -> bool:
        return self._runner is None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self.take)
        app.router.add_get("/hook/{reference}", self.asked)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        port = self.firm.stack.settings.desk_port
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()

    async def close(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        self._runner = None

    async def end(self) -> None:
        await self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take(self, request: web.Request) -> web.Response:
        reference = (await request.json())["reference"]
        if self.mood == "fails":
            self.failures += 1
            return web.Response(status=500)
        self.taken[reference] += 1
        self.traces[reference] = request.headers.get("traceparent", "")
        if self.taken[reference] == 1:
            task = asyncio.create_task(self.plan(reference))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self.mood == "takes and fails":
            self.failures += 1
            return web.Response(status=500)
        return web.json_response({"erp_number": f"EA-{reference[:8]}"})

    async def asked(self, request: web.Request) -> web.Response:
        reference = request.match_info["reference"]
        if self.mood == "fails":
            self.failures += 1
            return web.Response(status=500)
        if reference not in self.taken:
            return web.Response(status=404)
        return web.json_response({"erp_number": f"EA-{reference[:8]}"})

    async def plan(self, reference: str) -> None:
        """The dispatcher's plan is reported until the portal has taken it."""
        plan = {"status": "planned", "day": (today() + timedelta(days=8)).isoformat()}

        async def reported() -> bool:
            try:
                await self.firm.erp("PUT", f"/external-orders/{reference}/status", plan)
            except (aiohttp.ClientError, TimeoutError, AssertionError):
                await asyncio.sleep(0.3)
                return False
            return True

        await until(reported, 300, f"the plan of {reference}")
        self.planned.add(reference)
