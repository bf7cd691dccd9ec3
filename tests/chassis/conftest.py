"""Real PostgreSQL and Kafka, and rooms for trying that find each other."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from chassis import consumer, store
from chassis.decider import Asker
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.process import Process
from embedded.rooms import healthy
from embedded.stack import Stack, infrastructure
from psycopg import AsyncConnection
from trying import operator as the_operator


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(wanted=("PostgreSQL", "Kafka"), own=True) as running:
        yield running


@pytest.fixture
def tenant() -> UUID:
    return uuid4()


@pytest.fixture
def operator(tenant: UUID) -> Asker:
    return the_operator(tenant)


class Surroundings:
    """Settings of rooms that find each other, each in a database and with a topic of its own."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ports = {room: any_free() for room in ("catalog", "billing", "gateway")}
        self.mark = uuid4().hex[:8]
        self.processes: list[Process] = []

    async def settings(self, room: str, port: int | None = None) -> Settings:
        urls = {f"{name}_url": f"http://127.0.0.1:{number}" for name, number in self.ports.items()}
        return Settings(
            secret="a secret for trying",
            port=port or self.ports[room],
            database_url=await self.stack.database(f"{room}_{self.mark}"),
            kafka_url=self.stack.settings.kafka,
            topic_prefix=f"{self.mark}.",
            **urls,  # type: ignore[arg-type]
        )

    async def process(self, room: str, role: str) -> Process:
        """`python -m trying <role>` as a process that can be killed."""
        settings = await self.settings(room)
        told = {f"HOFTOR_{name.upper()}": str(value) for name, value in settings}
        made = Process(
            name=role,
            command=[sys.executable, "-m", "trying", role],
            log=self.stack.settings.data / "logs" / f"{role}-{self.mark}.log",
            leash=self.stack.leash,
            ready=lambda: healthy(settings.port),
            environment={**os.environ, **told, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        self.processes.append(made)
        return made


@pytest.fixture
async def surroundings(stack: Stack) -> AsyncIterator[Surroundings]:
    made = Surroundings(stack)
    yield made
    for process in made.processes:
        await process.kill()


Condition = Callable[[], Awaitable[object]]
Until = Callable[..., Awaitable[None]]


@pytest.fixture
def until() -> Until:
    async def wait(condition: Condition, within: float = 40.0) -> None:
        """Waits for what must come; `within` only ends a test that has failed."""
        began = time.monotonic()
        while not await condition():
            if time.monotonic() - began > within:
                raise AssertionError(f"it did not come within {within} s")
            await asyncio.sleep(0.03)

    return wait


@pytest.fixture
async def settings(surroundings: Surroundings) -> Settings:
    """Of a room with nothing but its log."""
    made = await surroundings.settings("catalog")
    async with await AsyncConnection.connect(made.database_url) as conn:
        for table in (*store.TABLES, *consumer.TABLES):
            await conn.execute(table)
    return made
