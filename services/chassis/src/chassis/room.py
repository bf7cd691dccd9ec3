"""A room: its rules, what it hears and says, and everything that makes a running service of it."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import structlog
import uvloop
from contracts.base import Command
from psycopg import AsyncConnection

from chassis import asking, consumer, feed, keys, store, telemetry
from chassis.asking import Answer
from chassis.backoff import TRANSIENT, Pause
from chassis.commands import Along, Before, Decisions
from chassis.consumer import Consumer, Work
from chassis.decider import Asker, Decider
from chassis.files import Files
from chassis.pool import pool
from chassis.rebuild import prepare_views, rebuild
from chassis.relay import Relay
from chassis.remembering import Memory
from chassis.rows import Rows
from chassis.serving import Outside, served
from chassis.settings import Settings
from chassis.store import Cause
from chassis.subscribing import Subscription
from chassis.views import AnyView
from chassis.web import application
from chassis.works import Acting, Effects, Folding, Keeping, Reacting, Reactions

COLLECTED_AFTER = 20_000
"""New objects after which Python looks for garbage; nearly all go by themselves, and each look costs a moment."""
STUCK = 10.0
"""Seconds without progress, while there is something to do, after which a room says that it is not well."""

Task = Callable[["Context"], Awaitable[None]]


@dataclass(frozen=True)
class Room:
    """`before` and `along` hook into commands: see `chassis.commands`. `options` go to Litestar."""

    name: str
    deciders: Sequence[Decider[Any]] = ()
    reactions: Reactions | None = None
    effects: Sequence[Effects] = ()
    keeping: Sequence[Keeping] = ()
    views: Sequence[AnyView] = ()
    tables: Sequence[str] = ()
    routes: Sequence[Any] = ()
    tasks: Sequence[Task] = ()
    before: Mapping[type[Command], Before] = field(default_factory=dict)
    along: Mapping[type[Command], Along] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


class Context:
    """What the code of a room may use. `pool` gives transactions: they are committed when the `with` ends well."""

    def __init__(self, room: Room, settings: Settings) -> None:
        self.room = room.name
        self.settings = settings
        self.views = tuple(room.views)
        self.decisions = Decisions(
            room.name, room.deciders, {view.name: view for view in room.views}, room.before, room.along
        )
        url = settings.database_url
        self.pool = pool(url, 8, autocommit=False)
        # Statements that stand alone save two round trips each.
        self.single = pool(url, 10, autocommit=True)
        self.rows = Rows(self.single)
        self.memory = Memory()
        self.files = Files(settings.files)
        self.relay = Relay(settings, room.name)
        self.consumers: list[Consumer] = []
        self.empty: set[str] = set()
        """Topics that the views have not been filled from yet, after they were made anew."""
        self.session: aiohttp.ClientSession
        self.feeds: feed.Feeds

    def key(self, purpose: str) -> bytes:
        return keys.derive(self.settings.secret, purpose)

    async def execute(self, command: Command, who: Asker, *, cause: Cause | None = None) -> Answer:
        """A command of this room. When it returns, what it said is in the log and has its number."""
        given = cause or Cause(traceparent=telemetry.traceparent())
        outcome = await self.decisions.execute(self.single, command, who, given, self)
        self.relay.wake()
        fresh = bool(outcome.events) and outcome.events[-1].public
        partition, number = await self.relay.place_of(
            self.single, who.tenant, outcome.stream, outcome.version, fresh=fresh
        )
        return Answer(self.room, outcome.stream, outcome.version, partition, number)

    async def ask(self, command: Command, who: Asker) -> Answer:
        """A command of another room."""
        url = self.settings.url_of(command.room)
        return await asking.ask(url, self.settings.secret, command, who, self.session)

    async def call(self, room: str, path: str, who: Asker, body: Any) -> Any:
        """POST to a route of another room."""
        url = self.settings.url_of(room) + path
        return await asking.call(self.session, url, self.settings.secret, who, json.dumps(body, default=str))

    async def reached(self, room: str, partition: int, number: int, within: float = 1.5) -> bool:
        """Whether this room's views know what was said there, waiting `within` seconds for it."""
        found = next((one for one in self.consumers if one.work.name == "views" and one.topic == room), None)
        if found is None:
            return True
        until = time.monotonic() + within
        while not await found.has(partition, number):
            left = until - time.monotonic()
            if left <= 0:
                return False
            async with found.moved:
                # Another replica may be the one that moves.
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left, 0.1)):
                        await found.moved.wait()
        return True

    async def health(self) -> dict[str, Any]:
        try:
            async with self.single.connection(timeout=2) as conn:
                found = await conn.execute("SELECT coalesce(sum(numbered - published), 0)::int FROM relay")
                waiting = (await found.fetchone() or (0,))[0]
        except TRANSIENT as error:
            return {"ready": False, "room": self.room, "database": str(error).strip() or repr(error)}
        if behind := await self._behind():
            return {"ready": False, "room": self.room, "views being filled from": behind}
        quiet = time.monotonic() - self.relay.last_publish
        publishes = not waiting or quiet < STUCK
        # A room whose Kafka is away still answers, decides and keeps: it stays in service, and says so.
        return {"ready": True, "room": self.room, "outbox": waiting, "publishes": publishes}

    async def _behind(self) -> list[str]:
        """Rooms from which views that were made anew are still being filled: nobody is let in to empty ones.

        A room that does not answer holds up nobody: what is there of it is shown.
        """
        behind = []
        for one in self.consumers:
            if one.work.name != "views" or one.topic not in self.empty:
                continue
            try:
                heads, known = await self.feeds.heads(one.topic), await one.positions()
            except TRANSIENT:
                continue
            if all(known.get(partition, 0) >= number for partition, number in heads.items()):
                self.empty.discard(one.topic)
            else:
                behind.append(one.topic)
        return behind


def works(room: Room, ctx: Context) -> list[Work]:
    made: list[Work] = [Folding(room.views)] if room.views else []
    if room.reactions:
        made.append(Reacting(room.name, room.reactions, ctx.decisions, ctx.relay.wake))
    made += [Acting(room.name, effects, ctx) for effects in room.effects if effects.steps]
    return made + list(room.keeping)


@asynccontextmanager
async def opened(room: Room, settings: Settings) -> AsyncIterator[Context]:
    """The whole room in this event loop: HTTP on `settings.port`, relay, consumers and tasks."""
    telemetry.begin(room.name, settings.otlp_url)
    ctx = Context(room, settings)
    async with AsyncExitStack() as stack:
        await until_the_database_answers(settings)
        for pool in (ctx.pool, ctx.single):
            await stack.enter_async_context(pool)
        async with ctx.pool.connection() as conn:
            # Two replicas that start at once would make the same tables.
            await conn.execute("SELECT pg_advisory_xact_lock(4711000)")
            for table in (*store.TABLES, *consumer.TABLES, *room.tables):
                await conn.execute(table.encode())
            if await prepare_views(conn, room.views):
                ctx.empty = set(feed.topics([event for view in room.views for event in view.steps]))
        timeout = aiohttp.ClientTimeout(total=15, connect=3)
        ctx.session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        ctx.feeds = feed.Feeds(settings, room.name, ctx.session)
        loops: dict[str, Callable[[], Awaitable[None]]] = {}
        if room.deciders or room.name == "erp-bridge":
            loops["relay"] = ctx.relay.run
        for work in works(room, ctx):
            for topic in feed.topics(list(work.types)):
                one = Consumer(work, topic, ctx.pool, ctx.feeds)
                ctx.consumers.append(one)
                loops[f"{work.name} of {topic}"] = Subscription(settings, room.name, one).run
        app = application(ctx, room.routes, **room.options)
        await stack.enter_async_context(served(app, settings.host, settings.port))
        if settings.public_port:
            await stack.enter_async_context(served(Outside(app), settings.host, settings.public_port))
        loops |= {task.__name__: partial(task, ctx) for task in room.tasks}
        running = [asyncio.create_task(kept(name, loop)) for name, loop in loops.items()]
        try:
            yield ctx
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await ctx.relay.close()
    telemetry.end()


async def kept(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Runs it again when it ends or fails; a fault that comes at once comes more and more slowly."""
    pause = Pause(0.2, 30.0)
    while True:
        began = time.monotonic()
        try:
            await loop()
        except TRANSIENT as error:
            structlog.get_logger().warning("a loop waits", loop=name, why=str(error).strip() or repr(error))
        except Exception as error:
            structlog.get_logger().error("a loop failed", loop=name, why=repr(error), exc_info=error)
        if time.monotonic() - began > 60:
            pause.reset()
        await pause.wait()


async def until_the_database_answers(settings: Settings) -> None:
    pause = Pause()
    while True:
        try:
            async with await AsyncConnection.connect(settings.database_url, connect_timeout=3):
                return
        except TRANSIENT as error:
            structlog.get_logger().warning("the database does not answer yet", why=str(error).strip())
            await pause.wait()


async def serve(room: Room, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with opened(room, settings):
        # What a room is made of stays to its end: looking through it for garbage stops everybody for a moment.
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECTED_AFTER)
        await stop.wait()


def run(room: Room) -> None:
    """`python -m <room>` serves it; `python -m <room> rebuild` folds its views anew while it runs."""
    settings = Settings()
    match sys.argv[1:]:
        case []:
            uvloop.run(serve(room, settings))
        case ["rebuild"]:
            print(uvloop.run(rebuild(settings, room.name, room.views)))
        case _:
            sys.exit(f"python -m {room.name.replace('-', '_')} [rebuild]")


__all__ = ["Answer", "Context", "Effects", "Reactions", "Room", "opened", "run"]
