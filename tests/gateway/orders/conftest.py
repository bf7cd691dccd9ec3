"""One portal for all tests of sites, containers, orders and the shop, and the people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from contracts.values import Role
from embedded.stack import Stack
from order_portal import (
    OTHER,
    SECOND,
    Browser,
    Portal,
    running,
)


@pytest.fixture(scope="package")
async def portal(stack: Stack) -> AsyncIterator[Portal]:
    async with running(stack) as made:
        yield made


@pytest.fixture(scope="package")
async def maria(portal: Portal) -> Browser:
    return await portal.user("Maria", Role.orderer)


@pytest.fixture(scope="package")
async def reader(portal: Portal) -> Browser:
    return await portal.user("Rolf", Role.reader)


@pytest.fixture(scope="package")
async def elsewhere(portal: Portal) -> Browser:
    return await portal.user("Uwe", Role.orderer, sites=(SECOND,))


@pytest.fixture(scope="package")
async def stranger(portal: Portal) -> Browser:
    return await portal.user("Frida", Role.administrator, customer=OTHER)
