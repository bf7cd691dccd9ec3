"""Real Kafka, PostgreSQL and mail for tests: within seconds, on free ports, to be killed and started again at will.

async with infrastructure() as stack:
    url = await stack.database("orders")
    await stack.kafka.kill()
    await stack.kafka.start()
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from embedded.containers import Container, docker_answers, kafka_container, postgres_container
from embedded.kafka import kafka
from embedded.leash import Leash
from embedded.mail import mail
from embedded.ports import any_free
from embedded.postgres import create_databases, postgres
from embedded.process import Process
from embedded.rooms import EVERYBODY, Room
from embedded.rooms import process as process_of
from embedded.settings import Settings

Part = Process | Container


@dataclass
class Stack:
    settings: Settings
    leash: Leash
    parts: dict[str, Part] = field(default_factory=dict)
    services: list[Process] = field(default_factory=list)

    @property
    def kafka(self) -> Part:
        return self._own("Kafka", "KAFKA_URL")

    @property
    def postgres(self) -> Part:
        return self._own("PostgreSQL", "DATABASE_URL")

    @property
    def mail(self) -> Part:
        return self._own("Mail", "SMTP_URL and IMAP_URL")

    def _own(self, name: str, variable: str) -> Part:
        if name not in self.parts:
            raise RuntimeError(f"{name} was not asked for, or comes from {variable}: what is not ours is not killed")
        return self.parts[name]

    async def database(self, name: str) -> str:
        """A database with a role of the same name; `name` as `orders` or, for one test alone, `orders_7f3a`."""
        await create_databases(self.settings, [f"hoftor_{name}"])
        return self.settings.database(f"hoftor_{name}", f"hoftor_{name}")

    def service(self, name: str, more: dict[str, str] | None = None) -> Process:
        """`python -m <name>` in the surroundings that it has in the portal; `start()` it, `kill()` it, `stop()` it.

        `more` changes its environment, for a second replica say {"HOFTOR_PORT": "…"}. Its database must have been made.
        """
        known = [room for room in EVERYBODY if room.name == name]
        service = process_of(self.settings, known[0] if known else Room(name, "portal_port"), self.leash, more=more)
        self.services.append(service)
        return service


def free_settings(folder: Path, quick: bool = True, **given: str | int | bool) -> Settings:
    """Every port a free one, so that several stand side by side."""
    ports = {name: any_free() for name in Settings.model_fields if name.endswith("_port")}
    return Settings.model_validate({"data": folder, "quick": quick, "demo": False, **ports, **given})


@asynccontextmanager
async def infrastructure(
    folder: Path | None = None,
    *,
    wanted: tuple[str, ...] = ("PostgreSQL", "Kafka", "Mail"),
    own: bool = False,
    quick: bool = True,
) -> AsyncIterator[Stack]:
    """What a URL in the environment names is taken; else Docker, where an engine answers; else the embedded parts.

    `own=True` is for tests that kill what they use: it leaves given servers alone. `quick=False`: PostgreSQL waits for
    the disk, as it does for real.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="hoftor-"))
    nothing_given = {"KAFKA_URL": "", "DATABASE_URL": "", "SMTP_URL": "", "IMAP_URL": ""}
    settings = free_settings(place, quick=quick, **(nothing_given if own else {}))
    stack = Stack(settings, Leash())
    try:
        stack.parts = parts(settings, stack.leash, wanted)
        await asyncio.gather(*(part.start() for part in stack.parts.values()))
        yield stack
    finally:
        for process in stack.services:
            await process.kill()
        for part in stack.parts.values():
            await (part.remove() if isinstance(part, Container) else part.stop())
        stack.leash.drop()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def parts(settings: Settings, leash: Leash, wanted: tuple[str, ...]) -> dict[str, Part]:
    docker = docker_answers()
    found: dict[str, Part] = {}
    if "PostgreSQL" in wanted and not settings.database_url:
        found["PostgreSQL"] = postgres_container(settings) if docker else postgres(settings, leash)
    if "Kafka" in wanted and not settings.kafka_url:
        found["Kafka"] = kafka_container(settings) if docker else kafka(settings, leash)
    if "Mail" in wanted and settings.mail_is_ours:
        found["Mail"] = mail(settings, leash)
    return found
