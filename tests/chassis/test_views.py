"""A view can be thrown away and made again while events arrive, and nothing else happens twice."""

import asyncio
from uuid import UUID, uuid4

import pytest
from chassis.events import Meta
from chassis.rebuild import rebuild
from chassis.room import Room, opened
from chassis.views import View
from contracts.catalog import WasteTypeRecorded
from pydantic import BaseModel
from trying import SAYING, Seen, looking, record, seen

pytestmark = pytest.mark.xdist_group("chassis")


async def test_a_view_is_rebuilt_while_events_arrive_without_side_effects(
    surroundings, operator, tenant, until
) -> None:
    things = [uuid4() for _ in range(5)]
    room = looking()
    billing = await surroundings.settings("billing")
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(room, billing) as looker,
    ):

        async def talk() -> None:
            for number in range(60):
                for thing in things:
                    await saying.execute(record(thing, str(number)), operator)

        async def whole() -> bool:
            docs = await looker.rows.all(looker.views[0], tenant)
            return sum(len(doc.names) for doc in docs) == 300

        talking = asyncio.create_task(talk())
        for _ in range(4):
            await asyncio.sleep(0.2)
            await rebuild(billing, "billing", room.views)
        await talking
        await until(whole)
        docs = await looker.rows.all(looker.views[0], tenant)
        assert [doc.names for doc in docs] == [[str(n) for n in range(60)]] * 5

        async def reacted() -> bool:
            async with looker.pool.connection() as conn:
                found = await conn.execute("SELECT count(*) FROM log")
                return (await found.fetchone() or (0,))[0] >= 300

        await until(reacted)
        async with looker.pool.connection() as conn:
            found = await conn.execute("SELECT count(*), count(DISTINCT causation) FROM log")
            assert await found.fetchone() == (300, 300)


async def test_a_view_with_another_definition_is_made_anew_by_itself(surroundings, operator, tenant, until) -> None:
    thing = uuid4()
    other = View("seen", Seen)

    @other.on(WasteTypeRecorded, key=lambda event, meta: event.waste_type)
    def recorded(doc: Seen | None, event: WasteTypeRecorded, meta: Meta) -> Seen:
        return Seen(names=[*(doc.names if doc else []), event.name.upper()])

    billing = await surroundings.settings("billing")
    async with opened(SAYING, await surroundings.settings("catalog")) as saying:
        for view, wanted in ((seen(), ["a", "b"]), (other, ["A", "B"])):
            async with opened(Room("billing", views=[view]), billing) as looker:
                for name in ("a", "b"):
                    await saying.execute(record(thing, name), operator)

                async def there(looker=looker, view=view, wanted=wanted) -> bool:
                    doc = await looker.rows.get(view, tenant, thing)
                    return doc is not None and doc.names == wanted

                await until(there)


class Doc(BaseModel):
    customer: UUID
    site: UUID | None
    name: str
    size: int


async def test_a_list_shows_only_what_one_may_see_searched_sorted_and_paged(surroundings, tenant) -> None:
    view = View(
        "things",
        Doc,
        customer=lambda doc: doc.customer,
        site=lambda doc: doc.site,
        columns={"name": ("text", lambda doc: doc.name), "size": ("int", lambda doc: doc.size)},
        search=lambda doc: doc.name,
    )
    mine, theirs, here, there = uuid4(), uuid4(), uuid4(), uuid4()
    docs = [
        *(Doc(customer=mine, site=here, name=f"Mulde {n:02}", size=n) for n in range(30)),
        *(Doc(customer=mine, site=there, name=f"Halle 100% {n}", size=n) for n in range(5)),
        Doc(customer=mine, site=None, name="ohne Standort", size=1),
        Doc(customer=theirs, site=here, name="Mulde fremd", size=1),
    ]
    async with opened(Room("billing", views=[view]), await surroundings.settings("billing")) as ctx:
        async with ctx.pool.connection() as conn:
            rows = [view.row(tenant, str(uuid4()), doc) for doc in docs]
            rows.append(view.row(uuid4(), "foreign", docs[0]))
            await conn.execute(view.upsert(), [list(column) for column in zip(*rows, strict=True)])
        page = await ctx.rows.page(view, tenant, customer=mine, sort="-size", limit=10)
        assert (page.total, [doc.size for doc in page.items]) == (36, list(range(29, 19, -1)))
        page = await ctx.rows.page(view, tenant, customer=mine, sites={here}, sort="name", limit=10, offset=30)
        assert (page.total, [doc.name for doc in page.items]) == (31, ["ohne Standort"])
        page = await ctx.rows.page(view, tenant, customer=mine, search="100% HALLE")
        assert page.total == 5
        assert (await ctx.rows.page(view, tenant, customer=mine, search="10_%")).total == 0
        assert await ctx.rows.count(view, tenant, customer=mine, where={"size": (">=", 29)}) == 1
        assert await ctx.rows.count(view, tenant, customer=mine, where={"size": [3, 4]}) == 4
        with pytest.raises(ValueError, match="no column"):
            await ctx.rows.page(view, tenant, sort="doc; DROP TABLE log")
