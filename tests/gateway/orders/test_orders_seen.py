"""An order is followed from the plan to its end, on the page and by mail, and found again in the list."""

from __future__ import annotations

from datetime import date, time
from uuid import uuid4

import pytest
from berlin import today
from contracts.orders import (
    NoteAcceptance,
    NoteCancellation,
    NoteDispatch,
    NoteRefusal,
    RecordOrder,
)
from contracts.values import OrderKind, OrderStatus, Window
from order_portal import (
    CUSTOMER,
    SECOND,
    Browser,
    Portal,
    until,
)
from order_steps import haul, order_of, placed, stands, tells, working_day

pytestmark = pytest.mark.xdist_group("order-pages")


# C36, C37
async def test_the_plan_is_shown_and_mailed_and_a_new_plan_is_told_again(portal: Portal, maria: Browser) -> None:
    container = await placed(portal, maria, "mit Plan")
    order = await order_of(maria, container)
    ids = {"container": container, "order": order["order"], "customer": CUSTOMER}
    first = Window(day=working_day(5), begins=time(8), ends=time(10))
    second = Window(day=working_day(8), begins=time(13), ends=time(15))
    await tells(portal, NoteAcceptance(**ids, number="FA-77"))
    await tells(portal, NoteDispatch(**ids, planned=first))
    shown = await maria.get(f"/containers/{container}")
    assert "Gestellung eingeplant" in shown.words
    assert f"{first.day:%d.%m.%Y}, zwischen 08:00 und 10:00 Uhr" in shown.words
    await tells(portal, NoteDispatch(**ids, planned=second))
    page = await maria.get(f"/orders/{order['order']}")
    assert "FA-77" in page.words
    assert "Umgeplant" in page.words
    assert f"vorher: {first.day:%d.%m.%Y}" in page.words
    assert "Auftrag stornieren" not in page.words

    async def told() -> bool:
        subjects = [subject for who, subject, state in await portal.mails() if state == "sent"]
        return any("Neuer Termin" in one for one in subjects) and any("ist eingeplant" in one for one in subjects)

    await until(told)
    assert all(who == "maria@kunde.example" for who, _, _ in await portal.mails())


async def test_a_refusal_is_read_with_its_reason_and_mailed(portal: Portal, maria: Browser) -> None:
    container = await placed(portal, maria, "wird abgelehnt")
    order = await order_of(maria, container)
    ids = {"container": container, "order": order["order"], "customer": CUSTOMER}
    await tells(portal, NoteRefusal(**ids, reason="Die Straße ist gesperrt."))
    assert "Die Straße ist gesperrt." in (await maria.get(f"/orders/{order['order']}")).words
    assert "Gestellung abgelehnt" in (await maria.get(f"/containers/{container}")).words

    async def told() -> bool:
        return any("nicht annehmen" in subject for _, subject, state in await portal.mails() if state == "sent")

    await until(told)


async def test_what_the_firm_calls_off_is_mailed_and_what_the_customer_calls_off_is_not(
    portal: Portal, maria: Browser
) -> None:
    own, theirs = await placed(portal, maria, "selbst abgesagt"), await placed(portal, maria, "von der Firma abgesagt")
    page = await maria.get(f"/orders/{(await order_of(maria, own))['order']}")
    await maria.send(page, page.url + "/cancel")
    order = await order_of(maria, theirs)
    await tells(
        portal, NoteCancellation(container=theirs, order=order["order"], customer=CUSTOMER, reason="Kein Platz.")
    )
    assert "Kein Platz." in (await maria.get(f"/orders/{order['order']}")).words

    async def told() -> bool:
        return "Ihr Auftrag wurde storniert" in [
            subject for _, subject, state in await portal.mails() if state == "sent"
        ]

    await until(told)
    assert [subject for _, subject, _ in await portal.mails()].count("Ihr Auftrag wurde storniert") == 1


# C8
async def test_orders_of_history_are_listed_and_cause_no_mail(portal: Portal, maria: Browser) -> None:
    before = len(await portal.mails())
    container = await stands(portal, "H1")
    order = uuid4()
    command = RecordOrder(
        order=order,
        customer=CUSTOMER,
        number="FA-HIST",
        haul=haul(OrderKind.exchange, container, "H1"),
        status=OrderStatus.completed,
        placed_on=date(2026, 1, 8),
        completed_on=date(2026, 1, 12),
        weight=3840,
    )
    await tells(portal, command)
    assert (await maria.json("/orders?q=FA-HIST"))["total"] == 1
    page = await maria.get(f"/orders/{order}")
    assert "3,84 t" in page.words
    assert "Auftrag stornieren" not in page.words
    assert len(await portal.mails()) == before


async def test_an_order_is_cancelled_until_it_is_planned(portal: Portal, maria: Browser) -> None:
    container = await placed(portal, maria, "doch nicht")
    order = await order_of(maria, container)
    page = await maria.get(f"/orders/{order['order']}")
    done = await maria.send(page, f"/orders/{order['order']}/cancel")
    assert "Der Auftrag ist storniert." in done.words
    assert "Maria Schulz" in done.words
    assert (await maria.json(f"/containers/{container}"))["line"]["row"]["status"] == "gone"


# C19
async def test_the_list_of_orders_is_filtered_sorted_and_taken_to_excel(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "L1")
    for number, kind, status in (
        ("FA-L1", OrderKind.exchange, OrderStatus.completed),
        ("FA-L2", OrderKind.removal, OrderStatus.placed),
    ):
        await tells(
            portal,
            RecordOrder(
                order=uuid4(),
                customer=CUSTOMER,
                number=number,
                haul=haul(kind, container, "L1"),
                status=status,
                placed_on=date(2026, 2, 1) if number == "FA-L1" else today(),
                completed_on=date(2026, 2, 3) if status is OrderStatus.completed else None,
            ),
        )
    numbers = [one["number"] for one in (await maria.json("/orders?q=L1+absetz&sort=number"))["orders"]]
    assert numbers == ["FA-L1", "FA-L2"]
    assert [one["number"] for one in (await maria.json("/orders?q=FA-L&status=open"))["orders"]] == ["FA-L2"]
    assert [one["number"] for one in (await maria.json("/orders?q=FA-L&kind=exchange"))["orders"]] == ["FA-L1"]
    assert [one["number"] for one in (await maria.json("/orders?q=FA-L&period=30"))["orders"]] == ["FA-L2"]
    assert (await maria.json(f"/orders?q=FA-L&site={SECOND}"))["total"] == 0
    assert (await maria.bytes("/orders?format=xlsx&q=FA-L"))[:2] == b"PK"
    assert (await maria.bytes("/containers?format=xlsx"))[:2] == b"PK"
