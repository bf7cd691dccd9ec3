"""The second start of everything, and the memory that each process takes, beside bare imports of the same libraries."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from embedded.rooms import ROOMS
from embedded.stack import Stack

from bench.firm import running
from bench.latency import seen
from bench.rounds import Figure

LIBRARIES = ", ".join(
    [
        *("faststream.kafka", "aiokafka", "pydantic_settings", "psycopg_pool", "litestar", "granian.server.embed"),
        *("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter", "prometheus_client"),
        *("structlog", "jwt", "aiohttp", "obstore", "msgspec", "uvloop"),
    ]
)


async def figures(stack: Stack) -> list[Figure]:
    async with running(stack) as firm:
        services = stack.services
        at_rest = {service.name: memory(service.pid) for service in services}
        await seen(firm, 50, "placed")
        afterwards = {service.name: memory(service.pid) for service in services}
        await asyncio.gather(*(service.stop() for service in services))
        began = time.perf_counter()
        await asyncio.gather(*(service.start() for service in services))
        second = time.perf_counter() - began
        alone_seconds, alone_memory = await asyncio.to_thread(bare_imports, len(ROOMS))
    found = [Figure(f"second start of {len(ROOMS)} services", second, alone_seconds, "s", at_most=2)]
    for name, resident in at_rest.items():
        found.append(Figure(f"memory at rest: {name}", resident, alone_memory, "MiB", at_most=2))
        found.append(Figure(f"memory after the run: {name}", afterwards[name], alone_memory, "MiB", at_most=2))
    return found


def memory(pid: int) -> float:
    """Resident, MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def bare_imports(many: int) -> tuple[float, float]:
    """Seconds until so many interpreters that start at once have imported, and the MiB of one."""
    code = f"import {LIBRARIES}; print('ready', flush=True); input()"
    began = time.perf_counter()
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(many)
    ]
    for one in started:
        assert one.stdout is not None
        one.stdout.readline()
    seconds = time.perf_counter() - began
    resident = memory(started[0].pid)
    for one in started:
        one.communicate(b"\n")
    return seconds, resident
