"""One portal for all tests of the start page, quotes, invoices, reports and files, and the people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from contracts.values import Role
from embedded.stack import Stack
from open_matters import running
from order_portal import OTHER, SECOND, Browser, Portal


@pytest.fixture(scope="package")
async def portal(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    async with running(stack, f"file://{tmp_path_factory.mktemp('files')}") as made:
        yield made


@pytest.fixture(scope="package")
async def maria(portal: Portal) -> Browser:
    return await portal.user("Maria", Role.orderer)


@pytest.fixture(scope="package")
async def karl(portal: Portal) -> Browser:
    return await portal.user("Karl", Role.administrator)


@pytest.fixture(scope="package")
async def reader(portal: Portal) -> Browser:
    return await portal.user("Rolf", Role.reader)


@pytest.fixture(scope="package")
async def elsewhere(portal: Portal) -> Browser:
    return await portal.user("Uwe", Role.orderer, sites=(SECOND,))


@pytest.fixture(scope="package")
async def stranger(portal: Portal) -> Browser:
    return await portal.user("Frida", Role.administrator, customer=OTHER)
