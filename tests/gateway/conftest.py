"""The real gateway and the real identity on real servers, for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from chassis.room import opened
from chassis.settings import Settings
from embedded.ports import any_free
from embedded.stack import Stack, infrastructure
from gateway.app import room as gateway_room
from identity import hashes
from identity.__main__ import room as identity_room
from visiting import Firm, Portal, opened_firm

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a folder share one set of rooms, so they run in one process."""
    for item in items:
        if item.path.is_relative_to(HERE) and "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(f"gateway {item.path.parent.name}"))


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True) as running:
        yield running


@pytest.fixture(scope="package")
def quick_hashes() -> Iterator[None]:
    """Passwords of tests need not be hard to guess: hashing them as slowly as real ones took half of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashes, "argon2", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="package")
async def portal(stack: Stack, quick_hashes: None) -> AsyncIterator[Portal]:
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
