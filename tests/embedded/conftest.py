"""One embedded stack for the tests of this folder, and portals with rooms for trying in place of the real ones."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from embedded.portal import Portal
from embedded.rooms import EVERYBODY
from embedded.stack import Stack, infrastructure

Furnished = Callable[..., Portal]


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    async with infrastructure(own=True) as running:
        yield running


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Furnished]:
    """`portal("orders", KAFKA_URL="…")` makes one in which orders has no __main__, and that setting holds."""
    made: list[Portal] = []

    def furnished(*without: str, **environment: str) -> Portal:
        for room in EVERYBODY:
            package = tmp_path / room.name
            package.mkdir()
            (package / "__init__.py").touch()
            if room.name not in without:
                shutil.copy(Path(__file__).with_name("room_for_trying.py"), package / "__main__.py")
        made.append(Portal(tmp_path, PYTHONPATH=str(tmp_path), **environment))
        return made[-1]

    yield furnished
    for one in made:
        await one.clear_away()


@pytest.fixture
def servers_of(stack: Stack) -> dict[str, str]:
    """The environment that points a portal at the servers of the stack: it starts within a second."""
    settings = stack.settings
    return {
        "KAFKA_URL": settings.kafka,
        "DATABASE_URL": settings.postgres,
        "SMTP_URL": settings.smtp,
        "IMAP_URL": settings.imap,
    }
