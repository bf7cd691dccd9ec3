"""The desk and a real bridge: a ticked customer goes over, orders come, and each step goes back once and in order."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

from berlin import today
from bridging import Client as Portal
from bridging import until
from contracts.orders import OrderPlaced
from desk import external, outbox, transfer
from desk.desk import Desk
from dispatching import ADDRESS, TODAY, Client, bring, row

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"
FIRST = "a.meier@bauhof-nord.example"
TOMORROW = (today() + timedelta(days=1)).isoformat()
LONG_AGO = (today() - timedelta(days=400)).isoformat()
CONTAINER = {"site": "10023-02", "container_type": "AB7", "waste_type": "BS", "status": "standing"}
ORDER = {**CONTAINER, "kind": "exchange", "status": "completed"}
INVOICE = {"customer": "10023", "due_on": TODAY, "net": "100.00", "tax": "19.00", "gross": "119.00", "status": "open"}

TYPE_99: dict[str, Any] = {
    "number": "AB99",
    "name": "Absetzcontainer 99 m³",
    "family": "Absetzbehälter",
    "volume": "99",
    "waste_types": ["BS"],
    "kinds": ["removal"],
}


async def tick(dispatcher: Client, desk: Desk, portal: str = "on", email: str = FIRST) -> None:
    """As a dispatcher does it; then the work that goes on in the background."""
    form = {"portal": portal, "email": email}
    answer = await dispatcher.post("/customers/10023/portal", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    await transfer.work(desk)


async def handed_over(portal: Portal, desk: Desk, dispatcher: Client) -> tuple[OrderPlaced, str]:
    """An order of the portal, and the path of the transport order that it has become."""
    await tick(dispatcher, desk)
    placed = await portal.order()
    await portal.external(placed)
    assert await external.fetch(desk, first=True) == 1
    answer = await dispatcher.post(f"/external-orders/{placed.order}/convert", follow_redirects=False)
    return placed, str(answer.headers["location"])


# C1 C2 C3 C5 C6 C7 C8 C9
async def test_a_ticked_customer_goes_over_with_all_data_of_twelve_months(
    portal: Portal, connected_desk: Desk, dispatcher: Client
) -> None:
    pdf = {"pdf": base64.b64encode(PDF).decode()}
    await bring(dispatcher, "containers", [{"number": "AB-1", **CONTAINER}])
    orders = [{"number": number, **ORDER, "placed_on": day} for number, day in (("A-1", TODAY), ("A-0", LONG_AGO))]
    await bring(dispatcher, "orders", orders)
    invoices = [
        {"number": number, **INVOICE, "issued_on": day, **pdf} for number, day in (("R-1", TODAY), ("R-0", LONG_AGO))
    ]
    await bring(dispatcher, "invoices", invoices)
    assert (await portal.get("/customers/10023")).status == 404
    await tick(dispatcher, connected_desk)
    assert (await portal.get("/customers/10023/portal")).body == {
        "number": "10023",
        "enabled": True,
        "email": FIRST,
        "transfer_completed": True,
    }
    for path in ("/sites/10023-02", "/containers/AB-1", "/orders/A-1", "/invoices/R-1"):
        assert (await portal.get(path)).status == 200, path
    for path in ("/orders/A-0", "/invoices/R-0"):
        assert (await portal.get(path)).status == 404, path
    assert (await portal.get(f"/documents/{hashlib.sha256(PDF).hexdigest()}")).status == 200
    # Nothing comes after the end of the transfer, for then the first user is invited.
    assert (await portal.said())[-1] == "TransferCompleted"
    assert "Alles ist übertragen" in (await dispatcher.get("/customers/10023")).text


async def test_a_tick_that_the_portal_refuses_is_gone_again_and_says_why(
    portal: Portal, connected_desk: Desk, dispatcher: Client
) -> None:
    await tick(dispatcher, connected_desk, email="verwaltung@")
    page = (await dispatcher.get("/customers/10023")).text
    assert "Das Portal hat abgelehnt" in page
    assert 'name="portal" value="on" checked' not in page
    assert (await portal.get("/customers/10023/portal")).body["enabled"] is False


async def test_a_tick_needs_the_address_of_the_first_user(portal: Portal, dispatcher: Client) -> None:
    answer = await dispatcher.post("/customers/10023/portal", data={"portal": "on"}, follow_redirects=False)
    assert answer.status_code == 409
    assert "E-Mail des ersten Benutzers" in answer.text
    assert (await portal.get("/customers/10023")).status == 404


async def test_taking_the_tick_away_closes_the_portal(portal: Portal, connected_desk: Desk, dispatcher: Client) -> None:
    await tick(dispatcher, connected_desk)
    await tick(dispatcher, connected_desk, portal="")
    assert (await portal.get("/customers/10023/portal")).body["enabled"] is False
    assert (await portal.said())[-1] == "PortalSwitchedOff"


async def test_what_changes_after_the_transfer_is_sent_too(
    portal: Portal, connected_desk: Desk, dispatcher: Client
) -> None:
    await tick(dispatcher, connected_desk)
    await dispatcher.post("/customers/10023", data={"name": "Bauhof Süd GmbH", **ADDRESS}, follow_redirects=False)
    await bring(dispatcher, "containers", [{"number": "AB-2", **CONTAINER}])
    await transfer.work(connected_desk)
    assert (await portal.get("/customers/10023")).body["name"] == "Bauhof Süd GmbH"
    assert (await portal.get("/containers/AB-2")).status == 200


async def test_a_record_that_the_portal_refuses_is_named_and_sent_again_when_what_it_lacked_is_there(
    portal: Portal, connected_desk: Desk, dispatcher: Client
) -> None:
    await bring(dispatcher, "containers", [{"number": "AB-3", **CONTAINER, "container_type": "AB99"}])
    await tick(dispatcher, connected_desk)
    page = (await dispatcher.get("/customers/10023")).text
    assert "1 abgelehnt" in page
    assert "There is no container type AB99; report it first." in page
    await bring(dispatcher, "container-types", [TYPE_99])
    await transfer.work(connected_desk)
    assert (await portal.get("/containers/AB-3")).status == 200
    assert "abgelehnt" not in (await dispatcher.get("/customers/10023")).text


# C33
async def test_orders_are_fetched_acknowledged_and_not_fetched_again(
    portal: Portal, connected_desk: Desk, dispatcher: Client
) -> None:
    await tick(dispatcher, connected_desk)
    placed = [await portal.order(), await portal.order()]
    for one in placed:
        await portal.external(one)
    assert await external.fetch(connected_desk, first=True) == 2
    numbers = {(await portal.external(one))["erp_number"] for one in placed}
    assert {(await portal.external(one))["state"] for one in placed} == {"handed-over"}
    assert numbers == {f"EA-{today().year}-{place:05d}" for place in (1, 2)}
    assert await external.fetch(connected_desk, first=True) == 0
    later = await portal.order()
    assert await external.fetch(connected_desk, first=False) == 1
    assert "Anna Meier" in (await dispatcher.get(f"/external-orders/{later.order}")).text
    assert (await row(connected_desk, "SELECT count(*) AS n FROM external_orders"))["n"] == 3


# C34 C35 C38
async def test_each_step_is_told_in_order_and_once(portal: Portal, connected_desk: Desk, dispatcher: Client) -> None:
    placed, path = await handed_over(portal, connected_desk, dispatcher)
    await dispatcher.post(f"{path}/plan", data={"day": TOMORROW, "begins": "07:00"}, follow_redirects=False)
    async with connected_desk.pool.connection() as conn:
        await conn.execute("UPDATE outbox SET next_try = now() + interval '1 hour' WHERE body->>'status' = 'converted'")
    assert await outbox.work(connected_desk) == 0, "the plan is not told before the conversion"
    async with connected_desk.pool.connection() as conn:
        await conn.execute("UPDATE outbox SET next_try = now()")
    assert [await outbox.work(connected_desk) for _ in range(3)] == [1, 1, 0]
    done = {"on": TODAY, "weight": "4.120", "container": "AB-77"}
    await dispatcher.post(f"{path}/complete", data=done, follow_redirects=False)
    await outbox.work(connected_desk)
    told = await portal.events(f"customer:{placed.customer}")
    assert [kind for kind, _ in told if kind.startswith("Order")] == [
        "OrderHandedOver",
        "OrderConverted",
        "OrderPlanned",
        "OrderClosed",
    ]
    assert told[-1][1]["weight"] == 4120
    # It is known to the portal by its reference, and its container by the number that it got.
    await transfer.work(connected_desk)
    assert (await row(connected_desk, "SELECT problem, sent FROM orders")) == {"problem": "", "sent": None}
    kind, body = (await portal.events(f"customer:{placed.customer}"))[-1]
    assert (kind, body["number"], body["container"]) == ("ContainerReported", "AB-77", str(placed.container))


async def test_a_step_that_the_portal_refuses_is_shown_and_not_told_for_ever(
    portal: Portal, connected_desk: Desk, dispatcher: Client
) -> None:
    placed, path = await handed_over(portal, connected_desk, dispatcher)
    await outbox.work(connected_desk)
    await portal.cancel(placed)

    async def cancelled() -> bool:
        return bool((await portal.external(placed))["cancelled_by_customer"])

    await until(cancelled)
    await dispatcher.post(f"{path}/plan", data={"day": TOMORROW}, follow_redirects=False)
    assert await outbox.work(connected_desk) == 0
    assert "abgelehnt: The customer has cancelled this order." in (await dispatcher.get(path)).text
    assert await row(connected_desk, "SELECT 1 FROM outbox WHERE sent_at IS NULL") == {}
