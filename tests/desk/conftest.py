"""The desk on a real PostgreSQL, with a few records: alone, or at a real bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from bridge_rooms import Rooms, running_rooms
from bridging import Client as Portal
from desk import tables
from desk.application import application
from desk.bridge import connected
from desk.desk import Desk
from desk.settings import Settings
from dispatching import KEY, MASTER_DATA, OF_THE_PORTAL, SECRET, Client, bring
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure
from litestar.testing import AsyncTestClient


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True, wanted=("PostgreSQL",)) as running:
        yield running


@asynccontextmanager
async def opened(stack: Stack, url: str, key: str) -> AsyncIterator[Desk]:
    """With its data, but nothing runs in the background."""
    settings = Settings(
        database_url=await stack.database(f"desk_{uuid4().hex[:8]}"), bridge_url=url, api_key=KEY, webhook_secret=SECRET
    )
    async with tables.opened(settings.database_url) as pool, connected(settings.bridge_url, key) as bridge:
        yield Desk(settings, pool, bridge)


@pytest.fixture
async def desk(stack: Stack) -> AsyncIterator[Desk]:
    """At the portal's address nobody answers."""
    async with opened(stack, f"http://127.0.0.1:{any_free()}/erp/v1", KEY) as made:
        yield made


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    async with AsyncTestClient(application(desk)) as made:
        for kind, records in MASTER_DATA.items():
            await bring(made, kind, records)
        yield made


@pytest.fixture(scope="package")
async def rooms() -> AsyncIterator[Rooms]:
    """Servers of their own: most tests of the desk need no Kafka."""
    async with infrastructure(own=True, wanted=("PostgreSQL", "Kafka")) as servers:
        async with running_rooms(servers) as running:
            yield running


@pytest.fixture
async def portal(rooms: Rooms) -> Portal:
    """What the portal knows of the desk's firm, seen through the same API."""
    tenant = uuid4()
    return await rooms.client(tenant, await rooms.connect(tenant))


@pytest.fixture
async def connected_desk(stack: Stack, portal: Portal) -> AsyncIterator[Desk]:
    async with opened(stack, portal.base, portal.key) as made:
        yield made


@pytest.fixture
async def dispatcher(connected_desk: Desk) -> AsyncIterator[Client]:
    """Somebody at the desk that has a portal."""
    async with AsyncTestClient(application(connected_desk)) as made:
        for kind, records in OF_THE_PORTAL.items():
            await bring(made, kind, records)
        yield made
