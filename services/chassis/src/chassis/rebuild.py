"""Views are thrown away and made again from the feeds, while events arrive and pages are read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import aiohttp
from psycopg import AsyncConnection

from chassis import feed, marks, schema
from chassis.folding import folded, until_alone
from chassis.settings import PARTITIONS, Settings
from chassis.store import Connection
from chassis.views import AnyView

_POSITIONS = "SELECT topic, partition, number FROM positions WHERE consumer = 'views'"


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
    """Folds everything in memory, then exchanges the tables' content in one transaction."""
    docs: dict[str, dict[tuple[UUID, str], Any]] = {view.name: {} for view in views}
    reached: dict[tuple[str, int], int] = {}
    topics = feed.topics([event for view in views for event in view.steps])
    async with aiohttp.ClientSession() as session, await AsyncConnection.connect(settings.database_url) as conn:
        feeds = feed.Feeds(settings, room, session)
        events = await _read_on(feeds, topics, views, docs, reached)
        async with conn.transaction():
            # From here on the running consumers wait for us, for the little that came meanwhile.
            await conn.execute(f"{_POSITIONS} FOR UPDATE")
            for view in views:
                await until_alone(conn, view)
            events += await _read_on(feeds, topics, views, docs, reached)
            for view in views:
                await _exchange(conn, view, docs[view.name])
            await marks.change_all(conn, views)
            for (topic, partition), number in reached.items():
                await conn.execute(
                    "INSERT INTO positions (consumer, topic, partition, number) VALUES ('views', %s, %s, %s)"
                    " ON CONFLICT (consumer, topic, partition) DO UPDATE SET number = excluded.number",
                    [topic, partition, number],
                )
    return f"{room}: {events:,} events folded into {sum(map(len, docs.values())):,} documents"


async def _read_on(
    feeds: feed.Feeds,
    topics: Sequence[str],
    views: Sequence[AnyView],
    docs: dict[str, dict[tuple[UUID, str], Any]],
    reached: dict[tuple[str, int], int],
) -> int:
    count = 0
    for topic in topics:
        for partition in range(PARTITIONS):
            place = (topic, partition)
            page = await feeds.after(topic, partition, reached.get(place, 0))
            while page:
                # The next page is on its way while this one is folded.
                following = asyncio.create_task(feeds.after(topic, partition, page[-1].meta.number or 0))
                wanted = {event.__name__ for view in views for event in view.steps}
                pairs = [(one.meta, one.event()) for one in page if one.meta.type in wanted]
                for view in views:
                    docs[view.name].update(folded(view, docs[view.name], pairs))
                reached[place] = page[-1].meta.number or 0
                count += len(page)
                page = await following
    return count


async def _exchange(conn: Connection, view: AnyView, docs: dict[tuple[UUID, str], Any]) -> None:
    await conn.execute(f"DELETE FROM {view.table}")
    async with conn.cursor().copy(f"COPY {view.table} ({', '.join(view.fields)}) FROM STDIN") as copy:
        for (tenant, key), doc in docs.items():
            if doc is not None:
                await copy.write_row(view.row(tenant, key, doc))
