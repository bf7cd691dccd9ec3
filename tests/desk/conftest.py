"""The desk on a real PostgreSQL, with a few records, and nobody at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from desk import tables
from desk.application import application
from desk.bridge import connected
from desk.desk import Desk
from desk.settings import Settings
from dispatching import KEY, MASTER_DATA, SECRET, Client, bring
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure
from litestar.testing import AsyncTestClient


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True, wanted=("PostgreSQL",)) as running:
        yield running


@pytest.fixture
async def desk(stack: Stack) -> AsyncIterator[Desk]:
    """With its data, but nothing runs in the background, and at the portal's address nobody answers."""
    settings = Settings(
        database_url=await stack.database(f"desk_{uuid4().hex[:8]}"),
        bridge_url=f"http://127.0.0.1:{any_free()}/erp/v1",
        api_key=KEY,
        webhook_secret=SECRET,
    )
    async with tables.opened(settings.database_url) as pool, connected(settings.bridge_url, KEY) as bridge:
        yield Desk(settings, pool, bridge)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    async with AsyncTestClient(application(desk)) as made:
        for kind, records in MASTER_DATA.items():
            await bring(made, kind, records)
        yield made
