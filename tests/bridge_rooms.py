"""A bridge really running, with a room that says what orders would say, for tests on either side of the ERP API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from bridging import ORDERS, Client, until
from chassis.decider import Asker
from chassis.room import Context, opened
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.rooms import healthy
from embedded.stack import Stack
from erp_bridge.__main__ import room as bridge_room


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


@asynccontextmanager
async def running_rooms(stack: Stack) -> AsyncIterator[Rooms]:
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
