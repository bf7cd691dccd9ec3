"""Effects outside: many streams at once, each in its order; one that fails holds up no other."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from chassis.events import Meta, partition_of
from chassis.room import Context, Room, opened
from chassis.together import Together
from contracts.catalog import WasteTypeRecorded
from trying import SAYING, effects, record

pytestmark = pytest.mark.xdist_group("chassis")


class Outside:
    """What the effects did; `held`: names at which they wait, `faults`: what a name raises, one each time."""

    def __init__(self) -> None:
        self.done: defaultdict[UUID, list[str]] = defaultdict(list)
        self.held: dict[str, asyncio.Event] = {}
        self.faults: dict[str, list[Exception]] = {}

    async def act(self, event: WasteTypeRecorded, meta: Meta, ctx: Context) -> None:
        if event.name in self.held:
            await self.held[event.name].wait()
        if faults := self.faults.get(event.name):
            raise faults.pop(0)
        self.done[event.waste_type].append(event.name)

    @property
    def room(self) -> Room:
        return Room("billing", effects=[effects(self.act)])


async def test_streams_go_side_by_side_and_each_in_its_order(surroundings, operator, until) -> None:
    outside = Outside()
    outside.held["slow"] = asyncio.Event()
    slow = uuid4()
    quick = next(one for one in iter(uuid4, None) if place(one) == place(slow))
    settings = await surroundings.settings("billing")
    async with opened(SAYING, await surroundings.settings("catalog")) as saying:
        for thing, name in ((slow, "slow"), (slow, "after it"), (quick, "a"), (quick, "b"), (quick, "c")):
            await saying.execute(record(thing, name), operator)
        async with opened(outside.room, settings):
            await until(lambda: has(outside, quick, 3))
            assert outside.done[quick] == ["a", "b", "c"]
            assert outside.done[slow] == []
            outside.held["slow"].set()
            await until(lambda: has(outside, slow, 2))
            assert outside.done[slow] == ["slow", "after it"]


def place(thing: UUID) -> int:
    """The partition; streams of two are side by side anyway."""
    return partition_of(f"waste-type:{thing}")


async def has(outside: Outside, thing: UUID, wanted: int) -> bool:
    return len(outside.done[thing]) >= wanted


async def test_what_will_not_pass_parks_its_stream_and_comes_back_in_order(surroundings, operator, until) -> None:
    outside = Outside()
    outside.faults["bad"] = [ValueError("never")] * 3
    things = [uuid4() for _ in range(6)]
    sick = things[0]
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(outside.room, await surroundings.settings("billing")) as looker,
    ):
        for name in ("a", "bad", "c"):
            for thing in things:
                await saying.execute(record(thing, name if thing == sick or name != "bad" else "b"), operator)
        for thing in things[1:]:
            await until(lambda thing=thing: has(outside, thing, 3))
            assert outside.done[thing] == ["a", "b", "c"]
        await until(lambda: parked(looker, 2))
        assert outside.done[sick] == ["a"]
        await saying.execute(record(sick, "d"), operator)
        await until(lambda: parked(looker, 3))
        async with looker.pool.connection() as conn:
            await conn.execute("UPDATE parked SET released = true")
        await until(lambda: has(outside, sick, 4))
        assert outside.done[sick] == ["a", "bad", "c", "d"]
        await until(lambda: parked(looker, 0))


async def parked(ctx: Context, wanted: int) -> bool:
    async with ctx.pool.connection() as conn:
        found = await conn.execute("SELECT count(*) FROM parked")
        return bool((await found.fetchone() or (0,))[0] == wanted)


async def test_what_passes_is_waited_for_in_order(surroundings, operator, until) -> None:
    outside = Outside()
    outside.faults["busy"] = [ConnectionError("later")] * 2
    thing = uuid4()
    async with (
        opened(SAYING, await surroundings.settings("catalog")) as saying,
        opened(outside.room, await surroundings.settings("billing")) as looker,
    ):
        for name in ("busy", "b"):
            await saying.execute(record(thing, name), operator)
        await until(lambda: has(outside, thing, 2))
        assert outside.done[thing] == ["busy", "b"]
        assert await parked(looker, 0)


# -- many who ask at the same time ---------------------------------------------------------------------------------


class Rounds:
    """Answers are twice the question; a round waits until it may end."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.begun: list[list[int]] = []
        self.fault = fault
        self.go_on = asyncio.Event()

    async def double(self, key: str, asked: Sequence[int]) -> list[int | Exception]:
        self.begun.append(list(asked))
        await self.go_on.wait()
        if self.fault and 3 in asked:
            raise self.fault
        return [2 * one for one in asked]

    async def answers(self) -> list[int | BaseException]:
        together = Together(self.double)
        first = asyncio.create_task(together.ask("a", 0))
        await asyncio.sleep(0)
        others = [asyncio.create_task(together.ask("a", one)) for one in range(1, 5)]
        await asyncio.sleep(0.01)
        assert self.begun == [[0]]
        self.go_on.set()
        return await asyncio.gather(first, *others, return_exceptions=True)


async def test_who_asks_while_a_round_works_is_answered_by_the_next_one() -> None:
    rounds = Rounds()
    assert await rounds.answers() == [0, 2, 4, 6, 8]
    assert rounds.begun == [[0], [1, 2, 3, 4]]


async def test_a_fault_hits_nobody_but_who_caused_it() -> None:
    fault = ValueError("three")
    rounds = Rounds(fault)
    assert await rounds.answers() == [0, 2, 4, fault, 8]
    assert rounds.begun == [[0], [1, 2, 3, 4], [1], [2], [3], [4]]


async def test_what_passes_is_told_to_all_and_tried_again_by_none() -> None:
    fault = ConnectionError("away")
    rounds = Rounds(fault)
    assert await rounds.answers() == [0, fault, fault, fault, fault]
    assert rounds.begun == [[0], [1, 2, 3, 4]]


async def test_who_has_patience_goes_with_the_next_round_or_alone_after_a_while() -> None:
    rounds = Rounds()
    rounds.go_on.set()
    together = Together(rounds.double)
    patient = asyncio.create_task(together.ask("a", 1, patience=30))
    await asyncio.sleep(0.01)
    assert rounds.begun == []
    assert [await together.ask("a", 2), await patient] == [4, 2]
    assert rounds.begun == [[1, 2]]
    assert await together.ask("a", 5, patience=0.01) == 10
    assert rounds.begun == [[1, 2], [5]]
