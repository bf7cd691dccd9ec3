"""Whatever dies while customers order: what was accepted exists once, everywhere, and nobody is written to twice."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from uuid import UUID, uuid4, uuid5

import pytest
from embedded.process import until
from embedded.rooms import ROOMS

from tests.system.conftest import Struck
from tests.system.striking import children_of, rows, strike

pytestmark = pytest.mark.xdist_group("system of its own")
AT_ONCE = 4
TO_KILL = ["orders", "erp_bridge", "gateway", "quotes"] * 3 + ["kafka", "mail"] * 2 + ["postgres"]
MOODS = {0: "takes and fails", 5: "away", 8: "fails", 12: "takes and fails"}
"""What the ERP is like from which kill on."""


async def wreck(struck: Struck, dice: random.Random, accepted: list[UUID]) -> int:
    """Kills in any order, every other time before the last one is back; how often something was hit."""
    hit = 0
    for place, part in enumerate(dice.sample(TO_KILL, len(TO_KILL))):
        if place in MOODS:
            await struck.be(MOODS[place])
        hit += strike(struck.portal, part)
        await asyncio.sleep(dice.uniform(0.2, 2.0))
        if place % 2:
            known = len(accepted)

            async def more(known: int = known) -> bool:
                return len(accepted) > known + 1

            await until(more, 120, f"somebody to get through after {part} was killed")
    await struck.be("well")
    return hit


# C12, C33, C34, C37
async def test_every_accepted_order_exists_once_everywhere(struck: Struck) -> None:
    seed = random.randrange(10**6)
    dice, accepted = random.Random(seed), list[UUID]()
    before = set(await struck.listed())
    wrecking = asyncio.create_task(wreck(struck, dice, accepted))

    async def customer() -> None:
        visitor = struck.again()
        while not wrecking.done():
            key = uuid4()
            await struck.order(visitor, key)
            accepted.append(uuid5(key, "order"))
            await asyncio.sleep(dice.uniform(0.1, 1.0))

    await asyncio.gather(*(customer() for _ in range(AT_ONCE)))
    hit = await wrecking
    print(f"seed {seed}: {len(accepted)} orders, {hit} kills, the ERP failed {struck.erp.failures} times")
    assert hit > len(TO_KILL) * 3 / 4
    assert struck.erp.failures > 0
    orders = {str(order) for order in accepted}
    await struck.settled(orders)

    said = await rows(struck.portal, "orders", "SELECT body::jsonb->>'order' FROM log WHERE type = 'OrderPlaced'")
    times = Counter(order for (order,) in said)
    assert {order: times[order] for order in orders} == dict.fromkeys(orders, 1)
    assert set(times) - orders == before
    assert {order: struck.erp.taken[order] for order in orders} == dict.fromkeys(orders, 1)
    listed = await struck.listed()
    assert set(listed) == orders | before
    assert {listed[order] for order in orders} == {"dispatched"}
    for room in ROOMS:
        assert await rows(struck.portal, room.name, "SELECT * FROM parked") == [], room.name
    await mails_are_sent_once(struck, orders)


async def mails_are_sent_once(struck: Struck, orders: set[str]) -> None:
    booked = await rows(struck.portal, "gateway", "SELECT thread::text, status FROM sent_mails")
    states = {order: [status for thread, status in booked if thread == order] for order in orders}
    assert all(len(found) == 1 for found in states.values()), states
    arrived: Counter[str] = Counter()
    for mail in await struck.running.mails(struck.email):
        body = mail.get_body(("plain",))
        assert body is not None
        link = re.search(r"/orders/([0-9a-f-]{36})", body.get_content())
        if link:
            arrived[link[1]] += 1
    for order, (state,) in states.items():
        assert state in ("sent", "unknown")
        assert arrived[order] == 1 if state == "sent" else arrived[order] <= 1, (order, state, arrived[order])
    assert Counter(state for (state,) in states.values())["unknown"] <= 4


# C22
async def test_while_orders_is_away_pages_show_what_is_known_and_forms_keep_what_was_entered(struck: Struck) -> None:
    visitor, key = struck.again(), uuid4()
    form = {**struck.form(), "key": str(key), "note": "Bitte hinter die große Halle"}
    before = await struck.listed()
    strike(struck.portal, "orders")
    answer = await visitor.post("/shop", form, follow=False)
    assert children_of(struck.portal, "orders") == [] or answer.status == 503, "it came back too early"
    assert answer.status == 503
    assert "gerade nicht erreichbar" in answer.text
    assert "Bitte hinter die große Halle" in answer.text
    assert f'value="{key}"' in answer.text
    for path in ("/", "/orders", "/sites", "/containers", "/invoices", "/shop"):
        assert (await visitor.get(path)).status == 200, path
    assert await struck.listed() == before
    await struck.order(visitor, key)
    await struck.settled({str(uuid5(key, "order"))})
    assert set(await struck.listed()) == {*before, str(uuid5(key, "order"))}
