"""One bridge with real Kafka and PostgreSQL for all tests of this folder; each test is a firm of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from bridging import ORDERS, Client, Erp, an_erp, until
from chassis.decider import Asker
from chassis.room import Context, opened
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.rooms import healthy
from embedded.stack import Stack, infrastructure
from erp_bridge.__main__ import room as bridge_room

os.environ["HOFTOR_ERP_BRIDGE_FIRST_PAUSE"] = "0.1"
os.environ["HOFTOR_ERP_BRIDGE_CALL_SECONDS"] = "3"


@dataclass(frozen=True)
class Rooms:
    orders: Context
    bridge: Context

    async def connect(self, tenant: UUID, webhook_url: str = "", webhook_secret: str = "") -> str:
        """As the operator does it; the key."""
        said = {"webhook_url": webhook_url, "webhook_secret": webhook_secret, "name": "Disposition"}
        answer = await self.orders.call("erp-bridge", "/connections", Asker(tenant, "operator", "op"), said)
        return str(answer["api_key"])

    async def client(self, tenant: UUID, key: str) -> Client:
        base = f"http://127.0.0.1:{self.bridge.settings.port}/erp/v1"
        return Client(base, key, tenant, self.orders, self.bridge)


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(wanted=("PostgreSQL", "Kafka")) as running:
        yield running


@pytest.fixture(scope="package")
async def rooms(stack: Stack) -> AsyncIterator[Rooms]:
    mark = uuid4().hex[:8]
    ports = {"orders": any_free(), "erp_bridge": any_free()}
    urls = {f"{name}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    contexts = []
    async with AsyncExitStack() as opening:
        for name, room in (("orders", ORDERS), ("erp_bridge", bridge_room)):
            settings = Settings(
                secret="a secret for trying",
                port=ports[name],
                database_url=await stack.database(f"{name}_{mark}"),
                kafka_url=stack.settings.kafka,
                topic_prefix=f"{mark}.",
                **urls,  # type: ignore[arg-type]
            )
            contexts.append(await opening.enter_async_context(opened(room, settings)))
        for port in ports.values():
            await until(lambda port=port: healthy(port))
        yield Rooms(*contexts)


@pytest.fixture
async def client(rooms: Rooms) -> Client:
    """An ERP that fetches its orders itself."""
    tenant = uuid4()
    return await rooms.client(tenant, await rooms.connect(tenant))


@pytest.fixture
async def stranger(rooms: Rooms) -> Client:
    """The ERP of another firm."""
    tenant = uuid4()
    return await rooms.client(tenant, await rooms.connect(tenant))


@pytest.fixture
async def erp() -> AsyncIterator[Erp]:
    async with an_erp() as running:
        yield running


Hooked = Callable[[Erp], Awaitable[Client]]


@pytest.fixture
async def hooked(rooms: Rooms, erp: Erp) -> Client:
    """An ERP to which orders are sent."""
    tenant = uuid4()
    made = await rooms.client(tenant, await rooms.connect(tenant, erp.url, erp.secret))
    await made.furnish()
    return made
