"""Views are thrown away and made again from the feeds, while events arrive and pages are read."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable

from chassis import feed, marks, schema
from chassis.asking import Unreachable
from chassis.events import Recorded
from chassis.folding import folded, until_alone
from chassis.rows import Place
from chassis.settings import PARTITIONS, Settings
from chassis.store import Connection
from chassis.views import AnyView

_PLACES = (
    "INSERT INTO positions (consumer, topic, partition) SELECT 'views', * FROM unnest(%s::text[], %s::smallint[])"
    " ON CONFLICT DO NOTHING"
)
_HELD = "SELECT FROM positions WHERE consumer = 'views' FOR UPDATE"
_REACHED = "UPDATE positions SET number = %s WHERE consumer = 'views' AND topic = %s AND partition = %s"
AHEAD = 3
"""Pages of the feed that are on their way while one is folded."""
SLICE = 100
"""Events that are folded before the network has its turn."""
READ_AT_ONCE = 2**22
"""Bytes; a page of the feed is one or two million."""


async def prepare_views(conn: Connection, views: Sequence[AnyView]) -> bool:
    """Makes the tables. True: a definition has changed, and all views of the room begin anew, filled by the feed."""
    await conn.execute("CREATE TABLE IF NOT EXISTS view_definitions (name text PRIMARY KEY, definition text NOT NULL)")
    for table in marks.TABLES:
        await conn.execute(table.encode())
    found = await conn.execute("SELECT name, definition FROM view_definitions")
    known = dict(await found.fetchall())
    now = {view.name: view.definition() for view in views}
    if known != now:
        for name in {*known, *now}:
            await conn.execute(f"DROP TABLE IF EXISTS view_{name.replace('-', '_')}")
        await conn.execute("DELETE FROM view_definitions")
        await conn.execute("DELETE FROM marks")
        await conn.execute("DELETE FROM positions WHERE consumer = 'views'")
        for name, definition in now.items():
            await conn.execute("INSERT INTO view_definitions VALUES (%s, %s)", [name, definition])
    for view in views:
        for statement in schema.made(schema.of_view(view)):
            await conn.execute(statement.encode())
    return known != now


async def rebuild(settings: Settings, room: str, views: Sequence[AnyView]) -> str:
    """Folds everything in memory, then exchanges all tables in one transaction."""
    with collector_resting():
        events, documents = await _rebuilt(settings, room, views)
    return f"{room}: {events:,} events folded into {documents:,} documents"


@contextmanager
def collector_resting() -> Iterator[None]:
    """Events and documents make no cycles, but are so many that Python would look through them again and again."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


async def _rebuilt(settings: Settings, room: str, views: Sequence[AnyView]) -> tuple[int, int]:
    topics = feed.topics([event for view in views for event in view.steps])
    places = [(topic, partition) for topic in topics for partition in range(PARTITIONS)]
    async with (
        aiohttp.ClientSession(read_bufsize=READ_AT_ONCE) as session,
        await AsyncConnection.connect(settings.database_url) as conn,
    ):
        anew = Anew(feed.Feeds(settings, room, session), views)
        await anew.read_on(topics)
        async with conn.transaction():
            # From here on the running consumers wait for us, for the little that came meanwhile. Each finds a position
            # to wait at, also where nothing has come yet: else it would hold what we need and wait for what we hold.
            await conn.execute(_PLACES, [[topic for topic, _ in places], [partition for _, partition in places]])
            await conn.execute(_HELD)
            await until_alone(conn, views)
            await anew.read_on(topics)
            await _exchange(conn, views, anew.docs)
            await marks.change_all(conn, views)
            for place, number in anew.reached.items():
                await conn.execute(_REACHED, [number, *place])
        return sum(anew.reached.values()), sum(map(len, anew.docs.values()))


class Anew:
    """The documents of the views, as far as the feeds have been read."""

    def __init__(self, feeds: feed.Feeds, views: Sequence[AnyView]) -> None:
        self._feeds, self._views = feeds, views
        self._wanted = {event.__name__ for view in views for event in view.steps}
        self.docs: dict[str, dict[Place, Any]] = {view.name: {} for view in views}
        self.reached: dict[tuple[str, int], int] = {}

    async def read_on(self, topics: Sequence[str]) -> None:
        """Until the numbers that the owners have given out by now."""
        coming: deque[asyncio.Task[list[Recorded]]] = deque()
        try:
            for topic in topics:
                for partition, head in sorted((await self._feeds.heads(topic)).items()):
                    # Numbers have no gaps, so a page can be asked for before the one that precedes it is there.
                    for known in range(self.reached.get((topic, partition), 0), head, feed.PAGE):
                        upto = min(known + feed.PAGE, head)
                        coming.append(asyncio.create_task(self._page(topic, partition, known, upto)))
                        if len(coming) > AHEAD:
                            await self._fold(await coming.popleft())
            while coming:
                await self._fold(await coming.popleft())
        finally:
            for page in coming:
                page.cancel()

    async def _page(self, topic: str, partition: int, known: int, upto: int) -> list[Recorded]:
        page = await self._feeds.after(topic, partition, known, upto)
        if [one.meta.number for one in page] != list(range(known + 1, upto + 1)):
            raise Unreachable(f"{topic}/{partition} does not give all of {known + 1} to {upto}")
        return page

    async def _fold(self, page: Sequence[Recorded]) -> None:
        for start in range(0, len(page), SLICE):
            some = page[start : start + SLICE]
            pairs = [(one.meta, one.event()) for one in some if one.meta.type in self._wanted]
            for view in self._views:
                docs = self.docs[view.name]
                docs.update(folded(view, docs, pairs))
            # The next pages come in meanwhile.
            await asyncio.sleep(0)
        last = page[-1].meta
        self.reached[last.room, last.partition] = last.number or 0


async def _exchange(conn: Connection, views: Sequence[AnyView], docs: Mapping[str, Mapping[Place, Any]]) -> None:
    """Fresh tables take the place of the old ones: readers see those until this is committed, and nothing is left of
    them to be cleared away."""
    found = await conn.execute("SELECT quote_ident(current_schema())")
    here = (await found.fetchone() or ("public",))[0]
    await conn.execute("CREATE SCHEMA anew")
    await conn.execute(f"SET LOCAL search_path = anew, {here}")
    for view in views:
        for statement in schema.made(schema.of_view(view)):
            await conn.execute(statement.encode())
        async with conn.cursor().copy(f"COPY {view.table} ({', '.join(view.fields)}) FROM STDIN (FREEZE)") as copy:
            for (tenant, key), doc in docs[view.name].items():
                if doc is not None:
                    await copy.write_row(view.row(tenant, key, doc))

    for view in views:
        try:
            async with conn.transaction():
                # Less than the server takes to look for circles: who reads several views may stand in one with us.
                await conn.execute("SET LOCAL lock_timeout = '400ms'")
                await conn.execute(f"DROP TABLE {here}.{view.table}")
                await conn.execute(f"ALTER TABLE {view.table} SET SCHEMA {here}")
        except LockNotAvailable:
            # Somebody reads it for long, a backup say: it keeps its table, and gets the new content.
            await conn.execute(f"DELETE FROM {here}.{view.table}")
            fields = ", ".join(view.fields)
            await conn.execute(f"INSERT INTO {here}.{view.table} ({fields}) SELECT {fields} FROM {view.table}")
            await conn.execute(f"DROP TABLE {view.table}")
    await conn.execute("DROP SCHEMA anew")
