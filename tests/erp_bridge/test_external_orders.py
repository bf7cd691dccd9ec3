"""Orders of the portal on their way to the ERP, and what becomes of them there."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from uuid import uuid4

import pytest
from bridging import CONTAINER, CUSTOMER, SITE, Client, until

pytestmark = pytest.mark.xdist_group("erp_bridge")
PLANNED = {"status": "planned", "day": "2026-12-01", "begins": "08:00", "ends": "10:00", "vehicle": "MS-HT 12"}


# C33 C34
async def test_an_order_of_the_portal_is_an_external_order_with_everything_filled_in(client: Client) -> None:
    await client.furnish()
    placed = await client.order()
    await client.external(placed)
    fetched = (await client.get("/external-orders")).body
    (order,) = fetched["items"]
    assert fetched["cursor"] == order["cursor"] == 1
    assert order["reference"] == str(placed.order)
    assert (order["action"], order["kind"], order["desired"]) == ("place", "placement", "2026-12-01")
    assert (order["customer"]["number"], order["customer"]["name"]) == ("10023", CUSTOMER["name"])
    assert (order["site"]["number"], order["site"]["address"]["city"]) == ("10023-02", "Münster")
    assert order["waste_type"] == {"number": "BS", "name": "Bauschutt", "code": "170107"}
    assert order["container_type"] == {"number": "AB7", "name": "Absetzcontainer 7 m³"}
    assert (order["container"], order["note"], order["placed_by"]) == (None, "Bitte vor 9 Uhr", "Anna Meier")


# C33
async def test_an_order_is_acknowledged_once_and_then_no_longer_fetched(client: Client) -> None:
    await client.furnish()
    placed = await client.order()
    assert (await client.external(placed))["state"] == "waiting"
    path = f"/external-orders/{placed.order}/acknowledge"
    assert (await client.post(path, {"erp_number": "EA-1"})).body["status"] == "changed"
    assert (await client.post(path, {"erp_number": "EA-1"})).body["status"] == "unchanged"
    twice = await client.post(path, {"erp_number": "EA-2"})
    assert (twice.status, twice.body["field"]) == (409, "erp_number")
    assert (await client.get("/external-orders")).body["items"] == []
    assert [one["cursor"] for one in (await client.get("/external-orders?after=0")).body["items"]] == [1]
    assert (await client.said()).count("OrderHandedOver") == 1
    looked_up = await client.external(placed)
    assert (looked_up["state"], looked_up["erp_number"]) == ("handed-over", "EA-1")


# C33
async def test_who_waits_for_orders_gets_them_at_once(client: Client) -> None:
    await client.furnish()
    waiting = asyncio.create_task(client.get("/external-orders?after=0&wait=20"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    placed = await client.order()
    answer = await asyncio.wait_for(waiting, 15)
    assert [one["reference"] for one in answer.body["items"]] == [str(placed.order)]
    assert (await client.get("/external-orders?after=1")).body == {"items": [], "cursor": 1}


async def test_a_cancellation_follows_its_order(client: Client) -> None:
    await client.furnish()
    placed = await client.order()
    await client.cancel(placed)

    async def both() -> bool:
        return len((await client.get("/external-orders")).body["items"]) == 2

    await until(both)
    first, second = (await client.get("/external-orders")).body["items"]
    assert (first["action"], second["action"], second["reason"]) == ("place", "cancel", "Doch nicht")
    assert first["reference"] == second["reference"]
    assert (await client.external(placed))["cancelled_by_customer"] is True
    late = await client.put(f"/external-orders/{placed.order}/status", PLANNED)
    assert (late.status, late.body["detail"]) == (409, "The customer has cancelled this order.")


# C34 C35 C37 C38
async def test_what_the_dispatchers_do_is_said_to_orders_once(client: Client) -> None:
    await client.furnish()
    placed = await client.order()
    await client.external(placed)
    path = f"/external-orders/{placed.order}/status"
    for status, changed in (
        ({"status": "converted", "number": "FA-1"}, True),
        ({"status": "converted", "number": "FA-1"}, False),
        (PLANNED, True),
        (PLANNED, False),
        ({**PLANNED, "day": "2026-12-02"}, True),
        ({"status": "converted", "number": "FA-1"}, False),
        ({"status": "completed", "on": "2026-12-02", "weight_kg": 4120, "container_number": "AB-2001"}, True),
        ({"status": "completed", "on": "2026-12-02", "weight_kg": 4120, "container_number": "AB-2001"}, False),
        ({"status": "completed", "on": "2026-12-02", "weight_kg": 4100, "container_number": "AB-2001"}, True),
    ):
        answer = await client.put(path, status)
        assert (answer.status, answer.body["status"]) == (200, "changed" if changed else "unchanged"), status
    said = await client.events(f"customer:{placed.customer}")
    assert [type_ for type_, _ in said][2:] == [
        "OrderHandedOver",
        "OrderConverted",
        "OrderPlanned",
        "OrderPlanned",
        "OrderClosed",
        "OrderClosed",
    ]
    planned = said[4][1]
    assert planned["planned"] == {"day": "2026-12-01", "begins": "08:00:00", "ends": "10:00:00"}
    closed = [(body["completed_on"], body["weight"], body["container_number"]) for _, body in said[6:]]
    assert closed == [("2026-12-02", 4120, "AB-2001"), ("2026-12-02", 4100, "AB-2001")]
    assert {body["container"] for _, body in said[2:]} == {str(placed.container)}
    assert (await client.put(path, PLANNED | {"day": "2027-01-01"})).status == 409
    # The transport order is known by its reference, the container by its number.
    known = await client.put(
        "/orders/FA-1",
        {
            "kind": "placement",
            "site": "10023-02",
            "container_type": "AB7",
            "waste_type": "BS",
            "status": "completed",
            "placed_on": "2026-11-24",
        },
    )
    assert known.status == 409
    assert str(placed.order) in known.body["detail"]
    await client.put("/containers/AB-2001", CONTAINER)
    assert (await client.events(f"customer:{placed.customer}"))[-1][1]["container"] == str(placed.container)


@pytest.mark.parametrize(
    "status",
    [
        {"status": "refused"},
        {"status": "refused", "reason": ""},
        {"status": "refused", "reason": "   "},
        {"status": "planned"},
        {"status": "planned", "day": "tomorrow"},
        {"status": "converted"},
        {"status": "lost"},
        {},
    ],
)
async def test_a_status_that_says_too_little_is_refused(client: Client, status: dict[str, str]) -> None:
    await client.furnish()
    placed = await client.order()
    await client.external(placed)
    answer = await client.put(f"/external-orders/{placed.order}/status", status)
    assert answer.status == 422
    assert (await client.external(placed))["status"] is None


async def test_an_unknown_reference_and_a_foreign_one_look_the_same(client: Client, stranger: Client) -> None:
    await client.furnish()
    placed = await client.order()
    await client.external(placed)
    for reference in (placed.order, uuid4()):
        answers = [
            await stranger.get(f"/external-orders/{reference}"),
            await stranger.put(f"/external-orders/{reference}/status", PLANNED),
            await stranger.post(f"/external-orders/{reference}/acknowledge", {"erp_number": "EA-1"}),
        ]
        assert {(one.status, one.body["detail"]) for one in answers} == {(404, "There is no such external order.")}
    assert (await stranger.get("/external-orders?after=0")).body["items"] == []


async def test_a_reconciliation_names_what_is_missing_too_much_and_different(client: Client) -> None:
    await client.furnish()
    for number in ("AB-1", "AB-2", "AB-3"):
        await client.put(f"/containers/{number}", CONTAINER)
    # Another customer's containers are not asked for.
    await client.put("/customers/10024", CUSTOMER)
    await client.put("/sites/10024-01", {**SITE, "customer": "10024"})
    await client.put("/containers/AB-4", {**CONTAINER, "site": "10024-01"})
    listed = [
        {"number": "AB-1", "fields": {"status": "standing"}},
        {"number": "AB-2", "fields": {"status": "gone", "site": "10023-02"}},
        {"number": "AB-9"},
    ]
    answer = await client.post("/reconciliation", {"kind": "containers", "customer": "10023", "records": listed})
    assert answer.body == {
        "kind": "containers",
        "same": 1,
        "missing": ["AB-9"],
        "extra": ["AB-3"],
        "different": [{"number": "AB-2", "fields": {"status": {"erp": "gone", "portal": "standing"}}}],
        # No room that keeps containers runs in this test.
        "on_the_way": ["AB-1", "AB-2", "AB-3"],
    }
    placed = await client.order()
    await client.external(placed)
    wanted = {
        "kind": "external-orders",
        "records": [{"number": str(placed.order), "fields": {"state": "handed-over"}}],
    }
    (different,) = (await client.post("/reconciliation", wanted)).body["different"]
    assert different["fields"] == {"state": {"erp": "handed-over", "portal": "waiting"}}


# C34 C35
async def test_what_is_reported_at_the_same_time_is_judged_one_after_the_other(client: Client) -> None:
    await client.furnish()
    placed = [await client.order() for _ in range(4)]
    for one in placed:
        await client.external(one)
    done = {"status": "completed", "on": "2026-12-02"}
    reports = [(one, status) for one in placed for status in (PLANNED, PLANNED, done, PLANNED | {"day": "2026-12-03"})]
    answers = await asyncio.gather(
        *(client.put(f"/external-orders/{one.order}/status", status) for one, status in reports),
        client.put(f"/external-orders/{uuid4()}/status", PLANNED),
    )
    assert answers[-1].status == 404
    said = await client.events(f"customer:{placed[0].customer}")
    for one in placed:
        mine = [(kind, body) for kind, body in said if body.get("order") == str(one.order)]
        kinds = [kind for kind, _ in mine]
        assert (kinds[0], kinds.count("OrderHandedOver"), kinds.count("OrderClosed")) == ("OrderHandedOver", 1, 1)
        # Nothing is said twice in a row, and no plan after the driver was there.
        assert all(before != after for before, after in pairwise(mine))
        assert kinds[-1] == "OrderClosed"
        assert (await client.external(one))["status"]["status"] == "completed"
