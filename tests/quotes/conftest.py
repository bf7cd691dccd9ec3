"""One portal for all tests of quotes, as one Kafka cannot belong to several; each test has a firm of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from embedded.stack import Stack, infrastructure
from mailing import Firm, Portal
from psycopg import AsyncConnection


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True) as running:
        yield running


@pytest.fixture(scope="package")
def only_portal(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return Portal(stack, tmp_path_factory.mktemp("files"))


@pytest.fixture
async def portal(only_portal: Portal) -> Portal:
    """Without the mails of earlier tests, which lie in the mailbox but have been read."""
    settings = await only_portal.settings("quotes")
    async with await AsyncConnection.connect(settings.database_url) as conn:
        for table in ("inbound_mails", "sent_mails"):
            found = await conn.execute("SELECT to_regclass(%s)", [table])
            if (await found.fetchone() or (None,))[0]:
                await conn.execute(f"DELETE FROM {table}")
    return only_portal


@pytest.fixture
def firm() -> Firm:
    return Firm(f"firma{uuid4().hex[:6]}")
