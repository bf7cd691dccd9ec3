"""The real identity room on real PostgreSQL and Kafka, and beside it the three rooms that it listens to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from chassis.decider import Decider
from chassis.room import Context, Room, opened
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure
from given_firm import Firm
from identity.__main__ import room as identity

OTHERS = ("erp-bridge", "orders", "billing")


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(wanted=("PostgreSQL", "Kafka")) as running:
        yield running


@pytest.fixture(scope="package")
async def rooms(stack: Stack) -> AsyncIterator[dict[str, Context]]:
    mark = uuid4().hex[:8]
    ports = {name: any_free() for name in ("identity", *OTHERS)}
    urls = {f"{name.replace('-', '_')}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()}

    async def settings(name: str) -> Settings:
        given = {
            "secret": "a secret for trying",
            "port": ports[name],
            "database_url": await stack.database(f"{name.replace('-', '_')}_{mark}"),
            "kafka_url": stack.settings.kafka,
            "topic_prefix": f"{mark}.",
        }
        return Settings.model_validate(given | urls)

    # They only carry what others say to identity; their rules have tests of their own.
    nothing = Decider("nothing", (), None, lambda command, state, asked: [], lambda state, event: None, str)
    made = [identity, *(Room(name, deciders=[nothing]) for name in OTHERS)]
    async with AsyncExitStack() as open_rooms:
        yield {one.name: await open_rooms.enter_async_context(opened(one, await settings(one.name))) for one in made}


@pytest.fixture
async def firm(rooms: dict[str, Context]) -> Firm:
    made = Firm(rooms)
    await made.opens()
    return made
