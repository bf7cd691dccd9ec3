"""What was read of views is not read again while nothing has changed, and never told when something has."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.folding import fold
from chassis.rebuild import prepare_views, rebuild
from chassis.remembering import Memory
from chassis.room import Room, opened
from chassis.views import View
from contracts.base import Event
from folded_by_hand import meta
from psycopg import AsyncConnection
from remembered_firm import ANNA, BERT, Firm, Place, Waste, comes, place, views, waste
from trying import SAYING, looking, record

pytestmark = pytest.mark.xdist_group("chassis")


@pytest.fixture
async def firm(surroundings, tenant) -> AsyncIterator[Firm]:
    async with opened(Room("billing"), await surroundings.settings("billing")) as ctx:
        # Nothing else folds them.
        ctx.views = views()
        async with ctx.pool.connection() as conn:
            await prepare_views(conn, ctx.views)
        made = Firm(ctx, tenant)
        await made.hears(place(1, ANNA, "Werk"), place(2, BERT, "Halle"), place(3, ANNA, "Halle"), waste(1, "Holz"))
        yield made


HAPPENINGS = {
    "nothing": [],
    "a new one": [place(4, ANNA, "Werk")],
    "another name": [place(1, ANNA, "Halle")],
    "the same once more": [place(1, ANNA, "Werk")],
    "it goes to another customer": [place(1, BERT, "Werk")],
    "it goes and comes back in one batch": [place(1, BERT, "Werk"), place(1, ANNA, "Tor")],
    "it is gone": [place(3, ANNA, "Halle", there=False)],
    "it goes to another customer and is gone there": [place(1, BERT, "Werk"), place(1, BERT, "Werk", there=False)],
    "it comes to a customer who had nothing": [place(1, UUID(int=9), "Werk")],
    "of no customer, new": [waste(2, "Bauschutt")],
    "of no customer, changed": [waste(1, "Altholz")],
}


@pytest.mark.parametrize("events", HAPPENINGS.values(), ids=HAPPENINGS.keys())
async def test_nobody_is_told_what_was_true_before(firm: Firm, events: list[Event]) -> None:
    await firm.agrees()
    await firm.hears(*events)
    await firm.agrees()
    await firm.hears(*events)
    await firm.agrees()


async def test_what_has_not_changed_is_not_read_again(firm: Firm) -> None:
    rows = await firm.comes(ANNA)
    mine = {"customer": ANNA}
    before = [
        await rows.page(firm.places, firm.tenant, **mine),
        await rows.all(firm.places, firm.tenant, **mine),
        await rows.get(firm.places, firm.tenant, UUID(int=1)),
        await rows.many(firm.places, firm.tenant, [UUID(int=1), UUID(int=3)]),
        await rows.all(firm.wastes, firm.tenant),
        await rows.get(firm.wastes, firm.tenant, UUID(int=1)),
    ]
    await firm.spoil()
    await firm.hears(place(2, BERT, "Lager"))
    rows = await firm.comes(ANNA)
    assert before == [
        await rows.page(firm.places, firm.tenant, **mine),
        await rows.all(firm.places, firm.tenant, **mine),
        await rows.get(firm.places, firm.tenant, UUID(int=1)),
        await rows.many(firm.places, firm.tenant, [UUID(int=3), UUID(int=1)]),
        await rows.all(firm.wastes, firm.tenant),
        await rows.get(firm.wastes, firm.tenant, UUID(int=1)),
    ]


async def test_other_questions_have_other_answers(firm: Firm) -> None:
    """Sites are part of the question: a colleague who may see less is not told what was remembered for another."""
    rows = await firm.comes(ANNA)
    for _ in range(2):
        for sites, wanted in ((None, 2), ({UUID(int=3)}, 1), (set(), 0)):
            assert await rows.count(firm.places, firm.tenant, customer=ANNA, sites=sites) == wanted
            assert len(await rows.all(firm.places, firm.tenant, customer=ANNA, sites=sites)) == wanted
            assert (await rows.page(firm.places, firm.tenant, customer=ANNA, sites=sites)).total == wanted
    bert = await firm.comes(BERT)
    assert [one.name for one in await bert.all(firm.places, firm.tenant, customer=BERT)] == ["Halle"]
    assert await bert.get(firm.places, firm.tenant, UUID(int=1)) == Place(customer=ANNA, site=UUID(int=1), name="Werk")
    assert await rows.all(firm.places, uuid4(), customer=ANNA) == []


async def test_a_document_of_somebody_else_or_of_nobody_is_asked_for_every_time(firm: Firm) -> None:
    """Its key does not say whose it is, and its changes leave no mark on the one who asks."""
    wanted = [UUID(int=1), UUID(int=4)]
    rows = await firm.comes(BERT)
    assert [await rows.get(firm.places, firm.tenant, key) is None for key in wanted] == [False, True]
    assert len(await rows.many(firm.places, firm.tenant, wanted)) == 1
    assert len(await rows.all(firm.places, firm.tenant, customer=ANNA)) == 2
    assert await rows.count(firm.places, firm.tenant) == 3
    await firm.hears(place(1, ANNA, "Tor"), place(4, ANNA, "Kai"))
    rows = await firm.comes(BERT)
    found = [await rows.get(firm.places, firm.tenant, key) for key in wanted]
    assert [one and one.name for one in found] == ["Tor", "Kai"]
    assert len(await rows.many(firm.places, firm.tenant, wanted)) == 2
    assert len(await rows.all(firm.places, firm.tenant, customer=ANNA)) == 3
    assert await rows.count(firm.places, firm.tenant) == 4


async def test_what_is_of_no_customer_goes_by_the_mark_of_its_firm(firm: Firm) -> None:
    """One visitor alone: nobody else asks in between and renews what is remembered."""
    other = uuid4()

    async def names(tenant: UUID) -> list[str]:
        rows = await firm.comes(ANNA)
        return [one.name for one in await rows.all(firm.wastes, tenant)]

    assert (await names(firm.tenant), await names(other)) == (["Holz"], [])
    await firm.hears(waste(1, "Altholz"))
    assert (await names(firm.tenant), await names(other)) == (["Altholz"], [])
    await Firm(firm.ctx, other).hears(waste(1, "Kies"))
    assert (await names(firm.tenant), await names(other)) == (["Altholz"], ["Kies"])


async def test_whoever_alters_the_list_that_he_was_handed_alters_nothing_for_others(firm: Firm) -> None:
    rows = await firm.comes(ANNA)
    (await rows.all(firm.places, firm.tenant, customer=ANNA)).clear()
    (await rows.page(firm.places, firm.tenant, customer=ANNA)).items.reverse()
    (await rows.many(firm.wastes, firm.tenant, [UUID(int=1)])).clear()
    await firm.agrees()
    assert len(await rows.all(firm.places, firm.tenant, customer=ANNA)) == 2


async def test_two_replicas_hear_of_each_others_changes(firm: Firm) -> None:
    """Each has a memory of its own; the marks they share."""
    here, there = Memory(), Memory()
    for name in ("eins", "zwei", "drei"):
        await firm.hears(place(1, ANNA, name))
        for memory in (here, there):
            doc = await (await firm.comes(ANNA, memory)).get(firm.places, firm.tenant, UUID(int=1))
            assert doc is not None
            assert doc.name == name


async def test_what_was_folded_before_the_marks_were_read_is_seen(firm: Firm) -> None:
    """Commits that come late, at any moment: who comes after one is told of it."""
    done = 0
    over = asyncio.Event()

    async def tell() -> None:
        nonlocal done
        for number in range(60):
            async with firm.ctx.pool.connection() as conn:
                event = place(1, ANNA, f"{number:03}")
                await fold(conn, firm.ctx.views, [(meta(event, tenant=firm.tenant), event)])
                await asyncio.sleep(0.005)
            done = number
        over.set()

    async def look() -> int:
        looked = 0
        while not over.is_set():
            known = done
            rows = await firm.comes(ANNA)
            await asyncio.sleep(0.001 * (looked % 7))
            found = await rows.all(firm.places, firm.tenant, customer=ANNA, where={"name": (">=", f"{known:03}")})
            doc = await rows.get(firm.places, firm.tenant, UUID(int=1))
            assert doc is not None
            if known:
                assert int(doc.name) >= known
                assert UUID(int=1) in {one.site for one in found}
            looked += 1
        return looked

    looked = await asyncio.gather(tell(), *(look() for _ in range(4)))
    assert min(looked[1:]) > 20  # type: ignore[type-var]


async def test_a_mark_never_comes_back(firm: Firm) -> None:
    """Not even after everything was thrown away: what somebody remembers from before does not fit again."""
    await firm.agrees()
    async with firm.ctx.pool.connection() as conn:
        await conn.execute("TRUNCATE marks, view_places, view_wastes")
    await firm.agrees()
    await firm.hears(place(1, ANNA, "Werk 2"))
    await firm.agrees()


async def test_views_that_are_made_anew_by_another_definition_are_not_remembered(firm: Firm) -> None:
    await firm.agrees()
    async with firm.ctx.pool.connection() as conn:
        assert await prepare_views(conn, [*firm.ctx.views, View("more", Waste)])
    await firm.agrees()
    assert await (await firm.comes(ANNA)).all(firm.places, firm.tenant, customer=ANNA) == []


async def test_after_a_rebuild_everything_is_read_again(surroundings, operator, tenant, until) -> None:
    room, billing = looking(), await surroundings.settings("billing")
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(room, billing) as looker,
    ):
        await saying.execute(record(UUID(int=1), "Holz"), operator)
        view = looker.views[0]

        async def folded() -> object:
            return await looker.rows.get(view, tenant, UUID(int=1))

        await until(folded)
        async with looker.pool.connection() as conn:
            await conn.execute("""UPDATE view_seen SET doc = '{"names": ["spoilt"]}'""")
        for wanted in (["spoilt"], ["Holz"]):
            doc = await (await comes(looker, tenant, None)).get(view, tenant, UUID(int=1))
            assert doc is not None
            assert doc.names == wanted
            await rebuild(billing, "billing", room.views)
        assert (await comes(looker, tenant, None))._marks.firm is not None


async def test_folds_of_the_same_customers_in_two_topics_do_not_wait_for_each_other_for_ever(firm: Firm) -> None:
    """Each view's folds take turns; the marks that both write come last and in one order."""
    url = firm.ctx.settings.database_url
    customers = [UUID(int=number) for number in range(1, 40)]

    async def work(view: View[Any], events: list[Event]) -> None:
        async with await AsyncConnection.connect(url) as conn:
            for _ in range(25):
                await fold(conn, [view], [(meta(event, tenant=firm.tenant), event) for event in events])
                await asyncio.sleep(0)
                await conn.commit()

    other = View("other-places", Place, customer=lambda doc: doc.customer)
    other.steps.update(firm.places.steps)
    async with firm.ctx.pool.connection() as conn:
        await prepare_views(conn, [*firm.ctx.views, other])
    events: list[Event] = [place(number, customer, "x") for number, customer in enumerate(customers, 100)]
    await asyncio.wait_for(asyncio.gather(work(firm.places, events), work(other, events[::-1])), 30)


async def test_memory_is_bounded_and_forgets_what_was_asked_for_longest_ago(firm: Firm) -> None:
    memory = Memory(most=7)
    rows = await firm.comes(ANNA, memory)
    for name in "abcdef":
        await rows.all(firm.places, firm.tenant, customer=ANNA, search=name)
    await rows.all(firm.places, firm.tenant, customer=ANNA)
    assert memory._held <= 7
    assert memory._held == sum(1 + len(found.docs) for _, found in memory._known.values())
    assert list(memory._known)[-1][1].search == ""
