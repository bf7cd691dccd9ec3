"""The real gateway and the real identity on real servers, for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from chassis.room import opened
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure
from gateway.app import room as gateway_room
from identity.__main__ import room as identity_room
from visiting import Firm, Portal, opened_firm


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True) as running:
        yield running


@pytest.fixture(scope="session")
async def portal(stack: Stack) -> AsyncIterator[Portal]:
    mark = uuid4().hex[:8]
    ports = {room: any_free() for room in ("gateway", "identity")}

    async def settings(room: str) -> Settings:
        return Settings(
            secret="a secret for trying",
            port=ports[room],
            database_url=await stack.database(f"{room}_{mark}"),
            kafka_url=stack.settings.kafka,
            smtp_url=stack.settings.smtp,
            files="memory:///",
            topic_prefix=f"{mark}.",
            identity_url=f"http://127.0.0.1:{ports['identity']}",
            gateway_url=f"http://127.0.0.1:{ports['gateway']}",
        )

    async with opened(identity_room, await settings("identity")) as identity:
        async with opened(gateway_room, await settings("gateway")) as gateway:
            yield Portal(gateway, identity, stack)


@pytest.fixture
async def other_firm(portal: Portal) -> AsyncIterator[Firm]:
    made = await opened_firm(portal)
    yield made
    for visitor in made.visitors:
        await visitor.session.close()


@pytest.fixture
async def firm(portal: Portal) -> AsyncIterator[Firm]:
    made = await opened_firm(portal)
    yield made
    for visitor in made.visitors:
        await visitor.session.close()
