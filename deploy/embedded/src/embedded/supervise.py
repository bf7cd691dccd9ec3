"""Starts the whole portal in the right order, keeps every part running, and ends everything in good order on Ctrl-C."""

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedded import demo_data, ports
from embedded.kafka import kafka
from embedded.leash import Leash
from embedded.mail import mail
from embedded.postgres import create_databases, postgres
from embedded.process import Process
from embedded.progress import Steps, say
from embedded.rooms import EVERYBODY, Room, process
from embedded.settings import Settings
from embedded.trouble import Trouble

READY_WITHIN = 120.0
SETTLED = 30.0
"""Seconds after which a restart counts as the first one again."""


class Supervisor:
    def __init__(self, settings: Settings, leash: Leash) -> None:
        self.settings = settings
        self.leash = leash
        self.servers: list[Process] = []
        """In the order of their start: PostgreSQL, Kafka, mail."""
        self.services: list[Process] = []
        self.stop_asked = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._tries = dict.fromkeys((room.label for room in EVERYBODY), 0)

    async def run(self) -> None:
        """Until somebody asks to stop. A stop while it still starts ends it just as well."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.ask_to_stop)
        starting = asyncio.create_task(self.start())
        stop = asyncio.create_task(self.stop_asked.wait())
        try:
            await asyncio.wait([starting, stop], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await stop
        finally:
            starting.cancel()
            stop.cancel()
            await asyncio.gather(starting, stop, return_exceptions=True)
            await self.stop()

    def ask_to_stop(self) -> None:
        if self.stop_asked.is_set():
            say("Ending at once.")
            for part in [*self.services, *self.servers]:
                part.kill_now()
        self.stop_asked.set()

    async def start(self) -> None:
        rooms = [room for room in EVERYBODY if room.built]
        steps = Steps(5)
        say(f"Starting Hoftor; its data and logs are in {self.settings.data}")
        postgres_up, kafka_up, mail_up = self._serve()
        with steps.step("PostgreSQL") as outcome:
            outcome.said = await postgres_up
            await create_databases(self.settings, [room.database for room in EVERYBODY])
        with steps.step("Kafka") as outcome:
            outcome.said = await kafka_up
        with steps.step("Mail") as outcome:
            outcome.said = await mail_up
        with steps.step(f"{len(rooms)} services") as outcome:
            say()
            await asyncio.gather(*(self._open(room) for room in rooms))
            outcome.said = "      all ready"
        for room in EVERYBODY:
            if room not in rooms:
                say(f"      {room.label} is missing: the package `{room.name}` has no __main__ yet")
        with steps.step("Demo data") as outcome:
            outcome.interrupted = demo_data.INTERRUPTED
            outcome.said = await demo_data.load(self.settings, self.services, self.leash)
        say()
        for line in welcome(self.settings):
            say(line)

    def _serve(self) -> list["asyncio.Task[str]"]:
        """Starts PostgreSQL, Kafka and mail side by side, each unless an address of the user's own takes its place."""
        given = [self.settings.database_url, self.settings.kafka_url, "" if self.settings.mail_is_ours else "given"]
        started = []
        for part, address in zip((postgres, kafka, mail), given, strict=True):
            server = None if address else part(self.settings, self.leash)
            if server:
                self.servers.append(server)
            started.append(asyncio.create_task(self._serve_one(server)))
        self._tasks += started
        return started

    async def _serve_one(self, server: Process | None) -> str:
        if server is None:
            return "yours"
        await server.start(READY_WITHIN)
        self._tasks.append(asyncio.create_task(self._keep(server)))
        return "ready"

    async def _open(self, room: Room) -> None:
        """Ready, or a sentence: one that keeps dying will not get better by waiting."""
        service = process(self.settings, room, self.leash)
        self.services.append(service)
        begun = time.monotonic()
        service.launch()
        self._tasks.append(asyncio.create_task(self._keep(service)))
        while not (service.running and await service.ready()):
            late = time.monotonic() - begun > READY_WITHIN
            if late or self._tries[room.label] > 4:
                what = f"was not ready within {READY_WITHIN:g} s" if late else "ended again and again"
                raise Trouble(f"{room.label} {what}; {service.log} ends with:\n{service.last_words()}")
            await asyncio.sleep(0.1)
        say(f"      {room.label} ready ({time.monotonic() - begun:.1f} s)")

    async def _keep(self, part: Process) -> None:
        """Starts it again when it ends unasked, after a pause that grows while it keeps ending."""
        tries = 0
        while True:
            begun = time.monotonic()
            code = await part.ended()
            if self.stop_asked.is_set():
                return
            tries = 1 if time.monotonic() - begun > SETTLED else tries + 1
            self._tries[part.name] = tries
            pause = min(0.2 * 2**tries, 10.0)
            say(f"{part.name} ended ({meaning(code)}); it starts again in {pause:.1f} s. Its log: {part.log}")
            await asyncio.sleep(pause)
            try:
                await part.prepare()
                part.launch()
            except Trouble as sentence:
                say(str(sentence))

    async def stop(self) -> None:
        """First those who use, then those who serve."""
        self.stop_asked.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        begun = time.monotonic()
        say("\nStopping … ", end="")
        await asyncio.gather(*(service.stop() for service in self.services))
        for server in reversed(self.servers):
            await server.stop()
        say(f"everything has ended ({time.monotonic() - begun:.1f} s)")


def meaning(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def welcome(settings: Settings) -> list[str]:
    lines = [
        f"Portal         {settings.portal}",
        f"Dispatch desk  http://localhost:{settings.desk_port}",
        f"ERP API        http://localhost:{settings.bridge_port}/erp/v1",
    ]
    if settings.mail_is_ours:
        lines.append(f"Mail           http://localhost:{settings.mail_page_port}")
    return [
        *lines,
        *demo_data.logins(settings),
        "",
        f"Logs are in {settings.data / 'logs'}. Ctrl-C ends everything; the data stay.",
    ]


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Two at once would write into the same data."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with Path(settings.data, "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Trouble(
                f"Hoftor already runs with the data in {settings.data} (process {lock.read().strip()}): "
                "end it with Ctrl-C in its window, or give this one HOFTOR_DATA=<another folder> and ports of its own."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def run(settings: Settings) -> None:
    with alone(settings):
        ports.check(settings)
        leash = Leash()
        try:
            asyncio.run(Supervisor(settings, leash).run())
        finally:
            leash.drop()
