"""Sites, containers, orders and the shop as customers use them: gateway and orders with real Kafka and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.decider import Asker
from contracts.orders import (
    NoteAcceptance,
    NoteCompletion,
    NoteDispatch,
    NoteRefusal,
    RecordContainer,
    RecordOrder,
)
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus, Role, Window
from embedded.stack import infrastructure
from order_portal import (
    BIN,
    CLOSED,
    CUSTOMER,
    FOREIGN,
    OIL,
    OLD,
    OTHER,
    RUBBLE,
    SECOND,
    SITE,
    SKIP,
    Browser,
    Portal,
    form,
    running,
    until,
    working_day,
)

pytestmark = pytest.mark.xdist_group("order-pages")


@pytest.fixture(scope="module")
async def portal() -> AsyncIterator[Portal]:
    async with infrastructure(own=True) as stack:
        async with running(stack) as made:
            yield made


@pytest.fixture(scope="module")
async def maria(portal: Portal) -> Browser:
    return await portal.user("Maria", Role.orderer)


@pytest.fixture(scope="module")
async def reader(portal: Portal) -> Browser:
    return await portal.user("Rolf", Role.reader)


@pytest.fixture(scope="module")
async def elsewhere(portal: Portal) -> Browser:
    return await portal.user("Uwe", Role.orderer, sites=(SECOND,))


@pytest.fixture(scope="module")
async def stranger(portal: Portal) -> Browser:
    return await portal.user("Frida", Role.administrator, customer=OTHER)


def erp(portal: Portal) -> Asker:
    return Asker(portal.tenant, "room", "Disposition")


def haul(kind: OrderKind, container: UUID | None, number: str | None = None, site: UUID = SITE, **changes: Any) -> Haul:
    given: dict[str, Any] = {
        "kind": kind,
        "site": site,
        "site_name": "Werk Hafen",
        "waste_type": RUBBLE,
        "waste_type_name": "Bauschutt",
        "container_type": SKIP,
        "container_type_name": "Absetzbehälter 7 m³",
        "container": container,
        "container_number": number,
    }
    return Haul(**{**given, **changes})


async def stands(portal: Portal, number: str, site: UUID = SITE, customer: UUID = CUSTOMER, **changes: Any) -> UUID:
    """A container that the ERP has reported, as soon as the portal shows it."""
    container = uuid4()
    what = haul(OrderKind.placement, container, number, site, **changes)
    command = RecordContainer(
        container=container,
        customer=customer,
        number=number,
        haul=what,
        status=ContainerStatus.standing,
        since=date(2026, 1, 7),
    )
    answer = await portal.orders.execute(command, erp(portal))
    await seen(portal, answer)
    return container


async def seen(portal: Portal, answer: Any) -> None:
    assert await portal.gateway.reached("orders", answer.partition, answer.number, within=20)


async def tells(portal: Portal, command: Any) -> None:
    await seen(portal, await portal.orders.execute(command, erp(portal)))


async def order_of(browser: Browser, container: UUID) -> dict[str, Any]:
    page = await browser.json(f"/containers/{container}")
    newest: dict[str, Any] = page["orders"][0]
    return newest


async def placed(portal: Portal, maria: Browser, note: str = "Tor 3") -> UUID:
    """Orders through the shop and gives the new container."""
    query = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day(), "note": note}
    summary = await maria.get(form("/shop", **query, at=5))
    done = await maria.send(summary, "/shop", **query)
    assert done.status == 200, done.words
    found = re.match(r"/containers/([0-9a-f-]+)$", done.url)
    assert found, done.words
    return UUID(found[1])


# C20, C24, C39
async def test_the_site_overview_shows_what_stands_where(portal: Portal, maria: Browser) -> None:
    await stands(portal, "A1")
    await stands(portal, "A2", SECOND)
    page = await maria.json("/sites")
    stock = {card["site"]["name"]: card["stock"] for card in page["sites"]}
    assert "Fremdes Werk" not in stock
    assert stock["Lager Unna"]["types"] == [{"container_type_name": "Absetzbehälter 7 m³", "count": 1}]
    assert {pin["label"]: pin["count"] for pin in page["markers"]}["Lager Unna"] == 1
    shown = await maria.get("/sites")
    assert "Standortübersicht" in shown.words
    assert "1 × Absetzbehälter 7 m³" in shown.words
    assert "data-map" in shown.text
    assert f'href="/sites/{SECOND}"' in shown.text
    assert [card["site"]["name"] for card in (await maria.json("/sites?q=unna"))["sites"]] == ["Lager Unna"]
    backwards = (await maria.json("/sites?sort=-name"))["sites"]
    assert [card["site"]["name"] for card in backwards] == ["Werk Hafen", "Lager Unna", "Altes Werk"]


# C25, C39
async def test_a_site_offers_a_new_container_above_and_an_order_for_each_that_stands(
    portal: Portal, maria: Browser, reader: Browser
) -> None:
    container = await stands(portal, "B1")
    shown = await maria.get(f"/sites/{SITE}")
    shop, overview = shown.text.find(f"/shop?site={SITE}"), shown.text.find('id="list"')
    assert -1 < shop < overview
    assert f"/containers/{container}/order" in shown.text
    looked_at = await reader.get(f"/sites/{SITE}")
    assert "/shop?site" not in looked_at.text
    assert f"/containers/{container}/order" not in looked_at.text
    closed = await maria.get(f"/sites/{CLOSED}")
    assert "/shop?site" not in closed.text


# C26, C27, C28, C29, C30, C31, C32
async def test_the_shop_leads_from_the_waste_to_the_binding_order(portal: Portal, maria: Browser) -> None:
    first = await maria.get("/shop")
    assert "AVV 17 01 07" in first.words
    assert "Gefährlicher Abfall" in first.words
    assert "Asbest" not in first.words
    assert "Altöl" not in (await maria.get("/shop?q=170107")).words
    second = await maria.get(form("/shop", waste=RUBBLE))
    assert "Absetzbehälter 7 m³" in second.words
    assert "Umleerbehälter" not in second.words
    third = await maria.get(form("/shop", waste=RUBBLE, type=SKIP))
    assert "Werk Hafen" in third.words
    assert "Altes Werk" not in third.words
    assert "Fremdes Werk" not in third.words
    fourth = await maria.get(form("/shop", waste=RUBBLE, type=SKIP, site=SITE))
    assert 'type="date"' in fourth.text
    day = working_day()
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": day, "note": "Neben Halle 2"}
    fifth = await maria.get(form("/shop", **chosen, at=5))
    for said in ("Bauschutt", "Absetzbehälter 7 m³", "Werk Hafen", "Neben Halle 2", "Verbindlich bestellen"):
        assert said in fifth.words
    assert not (await maria.json(f"/orders?q={'Neben+Halle+2'}"))["orders"]
    done = await maria.send(fifth, "/shop", **chosen)
    assert "Vielen Dank, Ihr Container ist bestellt" in done.words
    assert "Gestellung bestellt" in done.words
    site = await maria.get(f"/sites/{SITE}")
    assert f"Wunschdatum {day:%d.%m.%Y}" in site.words
    [order] = (await maria.json("/orders?q=Neben+Halle+2"))["orders"]
    assert (order["kind"], order["status"], order["placed_by"]) == ("placement", "placed", "Maria Schulz")


# C31
async def test_a_double_click_orders_once(portal: Portal, maria: Browser) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day(), "note": "nur einmal"}
    summary = await maria.get(form("/shop", **chosen, at=5))
    first, second = await maria.send(summary, "/shop", **chosen), await maria.send(summary, "/shop", **chosen)
    assert first.url == second.url
    assert (await maria.json("/orders?q=nur+einmal"))["total"] == 1


def next_sunday() -> date:
    today = date.today() + timedelta(2)
    return today + timedelta(7 - today.isoweekday())


# C29
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2020, 1, 2), "Dieser Tag ist schon vorbei."),
        (next_sunday(), "Sonntags fahren wir nicht."),
        (date(date.today().year + (date.today() > date(date.today().year, 1, 1)), 1, 1), "Feiertagen fahren wir nicht"),
    ],
)
async def test_no_truck_drives_on_such_a_day(portal: Portal, maria: Browser, day: date, sentence: str) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": day}
    asked = await maria.get(form("/shop", **chosen, at=5))
    assert sentence in asked.words
    assert "Verbindlich bestellen" not in asked.words
    forced = await maria.send(asked, "/shop", **chosen)
    assert forced.status == 422
    assert sentence in forced.words


# C27, C28
@pytest.mark.parametrize(
    ("changes", "status"),
    [({"site": FOREIGN}, 404), ({"waste": OLD}, 422), ({"type": BIN}, 422), ({"site": CLOSED}, 409)],
    ids=["foreign site", "waste not orderable", "does not fit", "closed site"],
)
async def test_the_shop_refuses_what_it_does_not_offer(
    portal: Portal, maria: Browser, changes: dict[str, UUID], status: int
) -> None:
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day(), **changes}
    refused = await maria.send(await maria.get(form("/shop", waste=OIL)), "/shop", **chosen)
    assert refused.status == status


# C38, C40, C41, C42, C43
async def test_a_standing_container_is_exchanged_as_its_type_allows(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "C1")
    asked = await maria.get(f"/containers/{container}/order")
    assert "Tausch" in asked.words
    assert "Abzug" in asked.words
    assert "Leerung" not in asked.words
    day = working_day()
    chosen = {"kind": "exchange", "desired": day, "note": "Bei Herrn Kolb melden"}
    summary = await maria.get(form(f"/containers/{container}/order", **chosen, check="yes"))
    assert "Bei Herrn Kolb melden" in summary.words
    done = await maria.send(summary, f"/containers/{container}/order", **chosen)
    assert "Der Tausch ist bestellt" in done.words
    listed = await maria.get("/containers?q=C1")
    assert "Tausch bestellt" in listed.words
    assert f"Wunschdatum {day:%d.%m.%Y}" in listed.words
    again = await maria.get(f"/containers/{container}/order")
    assert "Es gibt einen offenen Auftrag" in again.words
    refused = await maria.send(await maria.csrf(), f"/containers/{container}/order", kind="removal", key=uuid4())
    assert refused.status == 409
    assert "schon einen offenen Auftrag" in refused.words or "einen offenen Auftrag" in refused.words


# C41, C42
async def test_wish_and_note_are_optional(portal: Portal, maria: Browser) -> None:
    container = await stands(portal, "C2")
    summary = await maria.get(form(f"/containers/{container}/order", kind="removal", check="yes"))
    assert "so bald wie möglich" in summary.words
    done = await maria.send(summary, f"/containers/{container}/order", kind="removal")
    assert "Abzug bestellt" in done.words


# C38
async def test_a_container_on_its_way_takes_no_further_order(portal: Portal, maria: Browser) -> None:
    container = await placed(portal, maria)
    shown = await maria.get(f"/containers/{container}")
    assert "Weitere Aufträge sind möglich, sobald der Behälter gestellt ist." in shown.words
    refused = await maria.send(await maria.csrf(), f"/containers/{container}/order", kind="exchange", key=uuid4())
    assert refused.status == 409
    order = await order_of(maria, container)
    ids = {"container": container, "order": order["order"], "customer": CUSTOMER}
    await tells(portal, NoteCompletion(**ids, completed_on=date(2026, 5, 13), container_number="815"))
    line = (await maria.json(f"/containers/{container}"))["line"]
    assert (line["row"]["status"], line["row"]["number"], line["may_order"]) == ("standing", "815", True)


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
                placed_on=date(2026, 2, 1) if number == "FA-L1" else date.today(),
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


# C28
async def test_who_may_see_one_site_sees_nothing_of_the_others(portal: Portal, elsewhere: Browser) -> None:
    here, there = await stands(portal, "S1"), await stands(portal, "S2", SECOND)
    assert [card["site"]["name"] for card in (await elsewhere.json("/sites"))["sites"]] == ["Lager Unna"]
    assert (await elsewhere.get(f"/containers/{there}")).status == 200
    assert (await elsewhere.get(f"/containers/{here}")).status == 404
    assert (await elsewhere.get(f"/sites/{SITE}")).status == 404
    numbers = [line["row"]["number"] for line in (await elsewhere.json("/containers"))["lines"]]
    assert "S2" in numbers
    assert "S1" not in numbers
    choice = await elsewhere.get(form("/shop", waste=RUBBLE, type=SKIP))
    assert "Werk Hafen" not in choice.words
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day()}
    assert (
        await elsewhere.send(choice if choice.hidden("csrf") else await elsewhere.csrf(), "/shop", **chosen)
    ).status == 404


async def test_foreign_and_missing_things_look_the_same(portal: Portal, maria: Browser, stranger: Browser) -> None:
    container = await placed(portal, maria, "nicht für Fremde")
    order = (await order_of(maria, container))["order"]
    guard = await stranger.csrf()
    for path in (f"/containers/{container}", f"/containers/{container}/order", f"/orders/{order}", f"/sites/{SITE}"):
        foreign = await stranger.get(path)
        missing = await stranger.get(re.sub(r"[0-9a-f-]{36}", str(uuid4()), path))
        assert (foreign.status, missing.status) == (404, 404)
        assert foreign.words == missing.words
    for path in (f"/orders/{order}/cancel", f"/containers/{container}/order"):
        assert (await stranger.send(guard, path, kind="exchange")).status == 404
    assert not (await stranger.json("/orders"))["orders"]


async def test_a_reader_looks_but_does_not_order(portal: Portal, maria: Browser, reader: Browser) -> None:
    container = await placed(portal, maria, "nur ansehen")
    order = (await order_of(maria, container))["order"]
    page = await reader.get(f"/orders/{order}")
    assert page.status == 200
    assert "Auftrag stornieren" not in page.words
    guard = await reader.csrf()
    assert (await reader.get("/shop")).status == 403
    assert (await reader.send(guard, f"/orders/{order}/cancel")).status == 403
    chosen = {"waste": RUBBLE, "type": SKIP, "site": SITE, "desired": working_day()}
    assert (await reader.send(guard, "/shop", **chosen)).status == 403
    standing = await stands(portal, "R1")
    assert (await reader.send(guard, f"/containers/{standing}/order", kind="exchange")).status == 403
