"""Two partitions, or two topics, that speak of one document do not overwrite what the other has just folded."""

import asyncio
from uuid import UUID

import pytest
from chassis import consumer
from chassis.folding import fold
from chassis.rebuild import prepare_views
from chassis.views import View
from contracts.catalog import WasteTypeRecorded
from folded_by_hand import meta
from psycopg import AsyncConnection
from pydantic import BaseModel
from trying import record

pytestmark = pytest.mark.xdist_group("chassis")


class Names(BaseModel):
    names: list[str] = []


async def test_a_fold_waits_for_another_one_of_the_same_view(surroundings) -> None:
    view = View("all-names", Names)

    @view.on(WasteTypeRecorded, key=lambda event, meta: "all")
    def recorded(doc: Names | None, event: WasteTypeRecorded, meta: object) -> Names:
        return Names(names=[*(doc.names if doc else []), event.name])

    events = [WasteTypeRecorded(**dict(record(UUID(int=number), str(number)))) for number in (1, 2)]
    url = (await surroundings.settings("gateway")).database_url
    async with await AsyncConnection.connect(url) as one, await AsyncConnection.connect(url) as other:
        for table in consumer.TABLES:
            await one.execute(table)
        await prepare_views(one, [view])
        await one.commit()
        await fold(one, [view], [(meta(events[0]), events[0])])
        second = asyncio.create_task(fold(other, [view], [(meta(events[1]), events[1])]))
        await asyncio.sleep(0.3)
        assert not second.done()
        await one.commit()
        await second
        await other.commit()
        found = await one.execute(f"SELECT doc FROM {view.table}")
        assert await found.fetchall() == [({"names": ["1", "2"]},)]
