"""Many orders are fetched in portions, and the ERP of one firm holds up no other firm."""

from __future__ import annotations

from uuid import uuid4

import pytest
from bridge_rooms import Rooms
from bridging import Client, Erp, an_erp, until
from erp_bridge.webhooks import AT_ONCE

pytestmark = pytest.mark.xdist_group("erp_bridge")


# C33
async def test_many_orders_are_fetched_a_few_at_a_time(client: Client) -> None:
    await client.furnish()
    placed = [await client.order() for _ in range(3)]
    for one in placed:
        await client.external(one)
    first = (await client.get("/external-orders?limit=2")).body
    second = (await client.get(f"/external-orders?limit=2&after={first['cursor']}")).body
    assert [one["cursor"] for page in (first, second) for one in page["items"]] == [1, 2, 3]
    assert (first["cursor"], second["cursor"]) == (2, 3)


# C33
@pytest.mark.usefixtures("calls_last")
async def test_an_erp_that_takes_long_holds_up_no_other_firm(rooms: Rooms, hooked: Client, erp: Erp) -> None:
    async with an_erp() as other:
        tenant = uuid4()
        firm = await rooms.client(tenant, await rooms.connect(tenant, other.url, other.secret))
        await firm.furnish()
        first = await firm.order()
        await firm.handed_over(first)
        erp.misbehave = ["holds without taking"] * AT_ONCE
        for _ in range(AT_ONCE + 1):
            await hooked.order()

        async def all_places_are_taken() -> bool:
            return sum(call.startswith("POST") for call in erp.calls) == AT_ONCE

        await until(all_places_are_taken)
        second = await firm.order()
        await firm.handed_over(second)
        assert other.taken == [str(first.order), str(second.order)]
    assert erp.taken == []
