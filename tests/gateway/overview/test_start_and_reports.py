"""The start page leads to what is open; the reports add up what was fetched."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import openpyxl
import pytest
from berlin import today
from contracts.identity.customer import CustomerActivated, CustomerRecorded
from contracts.values import OrderStatus, Role, Window
from open_matters import answers, asks, invoice, recorded
from order_portal import FOREIGN, HOME, OTHER, SECOND, SITE, Browser, Portal, until

pytestmark = pytest.mark.xdist_group("overview-pages")

PAPER = UUID(int=900)
TODAY = today()


# C17, C18, C20, C22
async def test_the_start_page_leads_to_everything_that_is_open(portal: Portal, maria: Browser) -> None:
    soon = TODAY + timedelta(2)
    dispatched = await recorded(
        portal, "ST-1", status=OrderStatus.dispatched, placed_on=TODAY, planned=Window(day=soon)
    )
    bill = await invoice(portal, "ST-R1", 5000, issued_on=TODAY + timedelta(days=400))
    quote = await asks(maria, "Auf der Startseite")
    await answers(portal, quote, "Da ist sie.")

    async def complete() -> bool:
        said = await maria.json("/")
        return (
            str(dispatched) in [one["order"] for one in said["orders"]]
            and str(bill) in [one["row"]["invoice"] for one in said["invoices"]]
            and str(quote) in [one["row"]["quote"] for one in said["quotes"] if one["unread"]]
        )

    await until(complete)
    page = await maria.get("/")
    # Without the menu, which leads everywhere from everywhere.
    main = page.text.split("<main", 1)[1].split("</main>")[0].replace("&amp;", "&")
    for path in (f"/orders/{dispatched}", f"/invoices/{bill}", f"/quotes/{quote}", f"/sites/{SITE}"):
        assert f'href="{path}"' in main
    for path in ("/orders?status=open", "/quotes?tab=unread", "/invoices?status=unpaid"):
        assert f'href="{path}"' in main
    for path in ("/sites", "/quotes", "/invoices", "/reports"):
        assert f'href="{path}"' in main
    assert "Standortübersicht" in page.words
    assert "data-install" in page.text
    assert (await maria.get("/invoices?status=unpaid")).status == 200


# C16
async def test_the_introduction_is_shown_until_it_was_seen(maria: Browser) -> None:
    assert "data-tour-now" in (await maria.get("/")).text


async def test_a_new_customer_is_shown_how_to_begin(portal: Portal) -> None:
    new = UUID(int=4711)
    base = CustomerRecorded(customer=new, number="3", name="Neubau Nolte", address=HOME, phone="", email="")
    await portal.says("identity", f"customer:{new}", base, CustomerActivated(customer=new, email="a@b.de"))
    page = await (await portal.user("Nele", Role.orderer, customer=new)).get("/")
    for word in ("Neubau Nolte", "So fangen Sie an", "Ihre Standorte ansehen", "Angebot anfordern"):
        assert word in page.words
    look = await (await portal.user("Lutz", Role.reader, customer=new)).get("/")
    assert "Ihre Standorte ansehen" in look.words
    assert "Angebot anfordern" not in look.words


async def test_nobody_sees_what_others_have_open(portal: Portal, maria: Browser, stranger: Browser) -> None:
    await asks(maria, "Nicht für Fremde")
    seen = await stranger.get("/")
    assert "Nicht für Fremde" not in seen.text
    assert "Werk Hafen" not in seen.text


# C21
async def test_reports_count_every_order_once_and_convert_to_tonnes(portal: Portal, stranger: Browser) -> None:
    mine = {"customer": OTHER, "site": FOREIGN, "site_name": "Fremdes Werk", "placed_on": TODAY}
    day = TODAY.replace(day=1)
    done = {**mine, "completed_on": day}
    await recorded(portal, "B-1", weight=5000, **done)
    await recorded(portal, "B-1", weight=5200, **done)
    await recorded(portal, "B-2", weight=800, waste_type=PAPER, waste_type_name="Papier", **done)
    await recorded(portal, "B-3", weight=None, **done)
    await recorded(portal, "B-4", status=OrderStatus.cancelled, **mine)
    await recorded(portal, "B-5", weight=9000, **{**mine, "completed_on": TODAY - timedelta(days=500)})

    async def complete() -> bool:
        said = (await stranger.json("/reports"))["total"]
        return bool(said["orders"] == 3 and said["weight"] == 6000)

    await until(complete)
    said = await stranger.json("/reports")
    assert len(said["months"]) == 12
    assert [(line["name"], line["orders"], line["weight"]) for line in said["waste_types"]] == [
        ("Bauschutt", 2, 5200),
        ("Papier", 1, 800),
    ]
    assert sum(value for line in said["weights"] for value in line["values"]) == pytest.approx(6.0)
    only = await stranger.json(f"/reports?waste_type={PAPER}")
    assert only["total"]["weight"] == 800
    assert (await stranger.json(f"/reports?site={SECOND}"))["total"]["orders"] == 0
    page = await stranger.get("/reports")
    assert "6,0 t" in page.words.replace("\xa0", " ")
    assert "data-chart" in page.text
    book = openpyxl.load_workbook(io.BytesIO(await stranger.bytes("/reports/excel")))
    assert book.sheetnames == ["Nach Monat", "Nach Abfallart", "Nach Standort", "Einzelne Aufträge"]
    by_type = list(book["Nach Abfallart"].iter_rows(values_only=True))
    assert by_type[1] == ("Bauschutt", 2, 1, 5200)
    assert book["Einzelne Aufträge"].max_row == 4


async def test_reports_show_only_the_users_own_sites(portal: Portal, elsewhere: Browser) -> None:
    await recorded(portal, "N-1", weight=100, completed_on=TODAY, placed_on=TODAY)
    await recorded(portal, "N-2", weight=100, completed_on=TODAY, placed_on=TODAY, site=SECOND, site_name="Lager Unna")

    async def complete() -> bool:
        return bool((await elsewhere.json("/reports"))["total"]["orders"])

    await until(complete)
    assert [line["name"] for line in (await elsewhere.json("/reports"))["sites"]] == ["Lager Unna"]
