"""A bridge that is killed while it sends, and started again: the order is at the ERP once."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from bridging import ORDERS, Client, Erp, until
from chassis.room import Context, opened
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.process import Process
from embedded.rooms import healthy
from embedded.stack import Stack
from erp_bridge.connections import DEMO

pytestmark = pytest.mark.xdist_group("erp_bridge")
KEY = "the key of the dispatch desk"


@pytest.fixture
async def orders(stack: Stack) -> AsyncIterator[Context]:
    mark = uuid4().hex[:8]
    ports = {"orders": any_free(), "erp_bridge": any_free()}
    settings = Settings(
        secret="a secret for trying",
        port=ports["orders"],
        database_url=await stack.database(f"orders_{mark}"),
        kafka_url=stack.settings.kafka,
        topic_prefix=f"{mark}.",
        orders_url=f"http://127.0.0.1:{ports['orders']}",
        erp_bridge_url=f"http://127.0.0.1:{ports['erp_bridge']}",
    )
    async with opened(ORDERS, settings) as ctx:
        yield ctx


def process(stack: Stack, orders: Context, database_url: str, erp: Erp) -> Process:
    """`python -m erp_bridge`, as in the portal."""
    base = orders.settings
    port = int(base.erp_bridge_url.rpartition(":")[2])
    told = base.model_dump() | {"port": port, "database_url": database_url}
    # The demo firm's connection is made from these at the start.
    told |= {"desk_api_key": KEY, "desk_url": erp.url.removesuffix("/hook"), "desk_webhook_secret": erp.secret}
    made = Process(
        name="erp-bridge",
        command=[sys.executable, "-m", "erp_bridge"],
        log=stack.settings.data / "logs" / f"erp-bridge-{port}.log",
        leash=stack.leash,
        ready=lambda: healthy(port),
        environment={**os.environ, **{f"HOFTOR_{name.upper()}": str(value) for name, value in told.items()}},
    )
    stack.services.append(made)
    return made


# C33
@pytest.mark.parametrize("way", ["takes and holds", "holds without taking"])
async def test_a_bridge_killed_while_it_sends_asks_before_it_sends_again(
    stack: Stack, orders: Context, erp: Erp, way: str
) -> None:
    database_url = await stack.database(f"erp_bridge_{orders.settings.topic_prefix.rstrip('.')}")
    bridge = process(stack, orders, database_url, erp)
    await bridge.start()
    client = Client(f"{orders.settings.erp_bridge_url}/erp/v1", KEY, DEMO, orders, orders)
    await client.furnish()
    erp.misbehave = [way]
    placed = await client.order()

    async def sent() -> bool:
        return bool(erp.calls)

    await until(sent)
    await bridge.kill()
    erp.held.set()
    again = process(stack, orders, database_url, erp)
    await again.start()
    order = await client.handed_over(placed)
    assert erp.taken == [str(placed.order)]
    assert order["erp_number"] == "EA-1"
    # What it did after the kill began with the question.
    assert erp.calls[1] == f"GET {placed.order}"
    await again.stop()
