"""Real PostgreSQL and Kafka, and small rooms for trying: one that says catalog's events, one that looks at them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asker
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(wanted=("PostgreSQL", "Kafka"), own=True) as running:
        yield running


@pytest.fixture
def tenant() -> UUID:
    return uuid4()


@pytest.fixture
def operator(tenant: UUID) -> Asker:
    return Asker(tenant, "operator", "the operator")


class Surroundings:
    """Settings of rooms that find each other, each in a database of its own."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ports = {room: any_free() for room in ("identity", "catalog", "orders", "quotes", "billing", "gateway")}
        self.mark = uuid4().hex[:8]

    async def settings(self, room: str, port: int | None = None) -> Settings:
        urls = {f"{name}_url": f"http://127.0.0.1:{number}" for name, number in self.ports.items()}
        return Settings(
            secret="a secret for trying",
            port=port or self.ports[room],
            database_url=await self.stack.database(f"{room}_{self.mark}"),
            kafka_url=self.stack.settings.kafka,
            **urls,  # type: ignore[arg-type]
        )


@pytest.fixture
def surroundings(stack: Stack) -> Surroundings:
    return Surroundings(stack)


async def until(condition: Callable[[], Awaitable[bool]], within: float = 30.0) -> None:
    began = time.monotonic()
    while not await condition():
        if time.monotonic() - began > within:
            raise AssertionError(f"not within {within} s")
        await asyncio.sleep(0.03)
