"""One bridge with real Kafka and PostgreSQL for all tests of this folder; each test is a firm of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from bridge_rooms import Rooms, running_rooms
from bridging import Client, Erp, an_erp
from embedded.stack import Stack, infrastructure
from erp_bridge import webhooks
from erp_bridge.calling import Endpoint

os.environ["HOFTOR_ERP_BRIDGE_FIRST_PAUSE"] = "0.1"
os.environ["HOFTOR_ERP_BRIDGE_CALL_SECONDS"] = "3"


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(wanted=("PostgreSQL", "Kafka")) as running:
        yield running


@pytest.fixture(scope="package")
async def rooms(stack: Stack) -> AsyncIterator[Rooms]:
    async with running_rooms(stack) as running:
        yield running


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


@pytest.fixture
def calls_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call ends by itself while the test runs, and nobody asks after it, however slow the machine is."""
    monkeypatch.setattr(webhooks, "Endpoint", lambda url, secret, seconds: Endpoint(url, secret, 60))
    monkeypatch.setattr(webhooks.Patience, "claim", timedelta(seconds=122))


Hooked = Callable[[Erp], Awaitable[Client]]


@pytest.fixture
async def hooked(rooms: Rooms, erp: Erp) -> Client:
    """An ERP to which orders are sent."""
    tenant = uuid4()
    made = await rooms.client(tenant, await rooms.connect(tenant, erp.url, erp.secret))
    await made.furnish()
    return made
