"""One stack for all tests of quotes, and a portal with a firm for each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from embedded.stack import Stack, infrastructure
from mailing import Firm, Portal


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True) as running:
        yield running


@pytest.fixture
def portal(stack: Stack, tmp_path: Path) -> Portal:
    return Portal(stack, tmp_path / "files")


@pytest.fixture
def firm() -> Firm:
    return Firm(f"firma{uuid4().hex[:6]}")
