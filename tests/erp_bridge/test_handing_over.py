"""Each order is pushed to the ERP exactly once, whatever the ERP does meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from bridging import Client, Erp, until

pytestmark = pytest.mark.xdist_group("erp_bridge")


# C33
@pytest.mark.parametrize(
    "misbehaviour",
    [
        [],
        ["fails"],
        ["cuts"],
        ["takes and fails"],
        ["takes and cuts"],
        ["takes and says nothing"],
        ["fails", "cuts", "takes and cuts"],
    ],
    ids=lambda given: " then ".join(given) or "nothing wrong",
)
async def test_each_order_reaches_the_erp_once(hooked: Client, erp: Erp, misbehaviour: list[str]) -> None:
    erp.misbehave = list(misbehaviour)
    placed = await hooked.order()
    order = await hooked.handed_over(placed)
    assert erp.taken == [str(placed.order)]
    assert order["erp_number"] == "EA-1"
    assert erp.bodies[0]["site"]["number"] == "10023-02"
    assert (await hooked.said()).count("OrderHandedOver") == 1


# C33
@pytest.mark.parametrize("way", ["", "fails", "takes and fails", "takes and cuts"])
async def test_a_cancellation_reaches_the_erp_once_and_after_its_order(hooked: Client, erp: Erp, way: str) -> None:
    erp.misbehave = ["fails", *([""] if way else []), way]
    placed = await hooked.order()
    await hooked.cancel(placed)

    async def all_acknowledged() -> bool:
        await hooked.external(placed)
        return (await hooked.get("/external-orders")).body["items"] == [] and len(erp.taken) >= 2

    await until(all_acknowledged)
    assert erp.taken == [str(placed.order), f"{placed.order}-cancel"]


# C33
async def test_an_erp_that_is_away_gets_its_orders_later_and_holds_up_nobody(
    hooked: Client, erp: Erp, client: Client
) -> None:
    await erp.stop()
    placed = [await hooked.order() for _ in range(12)]
    await client.furnish()
    other = await client.order()
    assert (await client.external(other))["state"] == "waiting"
    assert (await hooked.external(placed[-1]))["state"] == "waiting"
    await asyncio.sleep(0.5)
    await erp.start()
    for one in placed:
        await hooked.handed_over(one)
    assert sorted(erp.taken) == sorted(str(one.order) for one in placed)


# C33
async def test_an_order_that_the_erp_refuses_again_and_again_holds_up_no_other(hooked: Client, erp: Erp) -> None:
    erp.misbehave = ["fails"]
    first = await hooked.order()
    second = await hooked.order()
    await hooked.handed_over(second)
    await hooked.handed_over(first)
    assert sorted(erp.taken) == sorted([str(first.order), str(second.order)])


# C33
@pytest.mark.usefixtures("calls_last")
async def test_an_order_for_which_the_erp_takes_long_holds_up_no_other(hooked: Client, erp: Erp) -> None:
    erp.misbehave = ["takes and holds"]
    first = await hooked.order()
    await until(lambda: called(erp, 1))
    others = [await hooked.order() for _ in range(4)]
    for one in others:
        await hooked.handed_over(one)
    assert (await hooked.external(first))["state"] == "waiting"
    erp.held.set()
    await hooked.handed_over(first)
    assert sorted(erp.taken) == sorted(str(one.order) for one in (first, *others))


async def called(erp: Erp, times: int) -> bool:
    return len(erp.calls) >= times


# C33
async def test_many_orders_and_cancellations_at_once_each_arrive_once_and_in_order(hooked: Client, erp: Erp) -> None:
    erp.misbehave = ["", "takes and cuts", "fails", "takes and fails", "cuts"] * 2
    placed = []
    for place in range(30):
        placed.append(await hooked.order())
        if place % 3 == 0:
            await hooked.cancel(placed[-1])
    wanted = [str(one.order) for one in placed] + [f"{one.order}-cancel" for one in placed[::3]]

    async def all_acknowledged() -> bool:
        return len(erp.taken) >= len(wanted) and (await hooked.get("/external-orders")).body["items"] == []

    await until(all_acknowledged)
    assert sorted(erp.taken) == sorted(wanted)
    for one in placed[::3]:
        assert erp.taken.index(str(one.order)) < erp.taken.index(f"{one.order}-cancel")
    items = (await hooked.get("/external-orders?after=0")).body["items"]
    assert [one["cursor"] for one in items] == list(range(1, len(wanted) + 1))
    told = [one["reference"] + ("-cancel" if one["action"] == "cancel" else "") for one in items]
    assert told == [name for one in placed for name in (str(one.order), f"{one.order}-cancel") if name in wanted]
    assert (await hooked.said()).count("OrderHandedOver") == 30
