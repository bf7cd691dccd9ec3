"""Views are made anew while others read them, and nobody notices but by the documents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from chassis import feed
from chassis.asking import Unreachable
from chassis.rebuild import rebuild
from chassis.room import Context, Room, opened
from chassis.settings import Settings
from chassis.views import AnyView
from psycopg import AsyncConnection
from trying import SAYING, record, seen

pytestmark = pytest.mark.xdist_group("chassis")
THINGS = 12
NAMES = ["a", "b", "c"]


@dataclass
class Told:
    """A room whose view is full."""

    saying: Context
    looker: Context
    settings: Settings

    @property
    def view(self) -> AnyView:
        return self.looker.views[0]

    async def rebuilt(self) -> str:
        return await rebuild(self.settings, "billing", self.looker.views)

    async def spoil(self) -> None:
        """So that one sees whether the documents were made anew."""
        async with self.looker.pool.connection() as conn:
            await conn.execute("""UPDATE view_seen SET doc = '{"names": ["spoilt"]}'""")


@pytest.fixture
async def told(surroundings, operator, tenant, until) -> AsyncIterator[Told]:
    settings = await surroundings.settings("billing")
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(Room("billing", views=[seen()]), settings) as looker,
    ):
        made = Told(saying, looker, settings)
        things = [uuid4() for _ in range(THINGS)]
        for name in NAMES:
            await asyncio.gather(*(saying.execute(record(thing, name), operator) for thing in things))

        async def full() -> bool:
            return await names(made, tenant) == [NAMES] * THINGS

        await until(full)
        yield made


async def names(told: Told, tenant) -> list[list[str]]:
    return [doc.names for doc in await told.looker.rows.all(told.view, tenant)]


async def test_who_reads_meanwhile_sees_the_old_documents_or_the_new_ones_and_never_none(told, tenant) -> None:
    seen_so_far: set[str] = set()

    async def read() -> None:
        while True:
            found = await names(told, tenant)
            assert len(found) == THINGS
            assert len({tuple(one) for one in found}) == 1
            seen_so_far.add(found[0][0])

    readers = [asyncio.create_task(read()) for _ in range(4)]
    for _ in range(5):
        await told.spoil()
        assert f"{THINGS * len(NAMES)} events folded into {THINGS} documents" in await told.rebuilt()
        assert await names(told, tenant) == [NAMES] * THINGS
    for reader in readers:
        assert not reader.done(), reader.exception()
        reader.cancel()
    assert seen_so_far == {"a", "spoilt"}


async def test_who_reads_for_long_holds_nobody_up(told, tenant) -> None:
    """A backup reads every table in one transaction."""
    await told.spoil()
    async with await AsyncConnection.connect(told.settings.database_url) as backup:
        await backup.execute("SELECT FROM view_seen")
        await asyncio.wait_for(told.rebuilt(), 10)
        assert await names(told, tenant) == [NAMES] * THINGS
    await told.spoil()
    await told.rebuilt()
    assert await names(told, tenant) == [NAMES] * THINGS


async def test_a_table_made_anew_is_like_the_one_before_and_consumers_go_on_with_it(
    told, operator, tenant, until
) -> None:
    async def drawn() -> list[tuple[str, ...]]:
        async with told.looker.pool.connection() as conn:
            found = await conn.execute(
                "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname !~ '^pg_' ORDER BY 2"
            )
            indexes = await found.fetchall()
            found = await conn.execute("SELECT nspname FROM pg_namespace WHERE nspname = 'anew'")
            return indexes + await found.fetchall()

    before = await drawn()
    await told.rebuilt()
    assert await drawn() == before
    thing = uuid4()
    await told.saying.execute(record(thing, "later"), operator)

    async def there() -> bool:
        doc = await told.looker.rows.get(told.view, tenant, thing)
        return doc is not None and doc.names == ["later"]

    await until(there)


async def test_many_pages_are_read_in_order(told, tenant, monkeypatch) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    await told.spoil()
    await told.rebuilt()
    assert await names(told, tenant) == [NAMES] * THINGS


async def test_a_feed_that_leaves_something_out_changes_nothing(told, tenant) -> None:
    async with told.saying.pool.connection() as conn:
        await conn.execute(
            "DELETE FROM log WHERE version = 2 AND number = (SELECT max(number) FROM log WHERE version = 2)"
        )
    with pytest.raises(Unreachable, match="does not give"):
        await told.rebuilt()
    assert await names(told, tenant) == [NAMES] * THINGS
