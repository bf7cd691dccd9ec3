"""Invoices with their PDF, for those who may see them, and for nobody else."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from berlin import today
from contracts.billing import InvoiceStatus
from contracts.values import InvoiceLine
from open_matters import PDF, invoice, shown, stored
from order_portal import OTHER, SECOND, Browser, Portal, until

pytestmark = pytest.mark.xdist_group("overview-pages")


async def written(portal: Portal, browser: Browser, number: str, gross: int = 11900, **more: Any) -> UUID:
    """An invoice that the page has heard of."""
    id_ = await invoice(portal, number, gross, **more)
    await until(lambda: shown(browser, f"/invoices/{id_}"))
    return id_


async def headers(browser: Browser, path: str) -> dict[str, str]:
    async with browser._client() as client, client.get(browser.portal.url + path) as found:
        assert found.status == 200
        return {name.lower(): value for name, value in found.headers.items()}


# C19
async def test_invoices_are_searched_filtered_and_sorted(portal: Portal, maria: Browser) -> None:
    yesterday = today() - timedelta(1)
    await written(portal, maria, "L-1", 300, due_on=yesterday)
    await written(portal, maria, "L-2", 100)
    await written(portal, maria, "L-3", 200, status=InvoiceStatus.paid, due_on=yesterday)
    await written(portal, maria, "L-4", 400, status=InvoiceStatus.cancelled, site=SECOND, site_name="Lager Unna")

    async def numbers(query: str) -> list[str]:
        return [line["row"]["number"] for line in (await maria.json(f"/invoices?q=L-&{query}"))["lines"]]

    assert await numbers("status=unpaid&sort=number") == ["L-1", "L-2"]
    assert await numbers("status=overdue") == ["L-1"]
    assert await numbers("status=paid") == ["L-3"]
    assert await numbers("status=cancelled") == ["L-4"]
    assert await numbers("sort=gross") == ["L-2", "L-3", "L-1", "L-4"]
    assert await numbers("sort=-gross") == ["L-4", "L-1", "L-3", "L-2"]
    assert await numbers(f"site={SECOND}") == ["L-4"]
    assert await numbers("period=1999") == []
    assert "Überfällig" in (await maria.get("/invoices?q=L-1")).words


async def test_the_sum_of_what_is_to_be_paid_counts_open_invoices_only(portal: Portal, stranger: Browser) -> None:
    yesterday = today() - timedelta(1)
    mine = {"customer": OTHER, "site": None, "site_name": ""}
    await written(portal, stranger, "S-1", 1000, due_on=yesterday, **mine)
    await written(portal, stranger, "S-2", 2000, **mine)
    await written(portal, stranger, "S-3", 4000, status=InvoiceStatus.paid, **mine)
    owed = (await stranger.json("/invoices"))["owed"]
    assert owed == {"number": 2, "amount": 3000, "overdue": 1, "overdue_amount": 1000}
    assert "30,00 €" in (await stranger.get("/invoices")).text.replace("\xa0", " ")


async def test_an_invoice_shows_its_lines_and_its_pdf(portal: Portal, maria: Browser) -> None:
    lines = (InvoiceLine(text="Tausch Mulde", quantity=Decimal("1.5"), unit="t", unit_price=8000, amount=12000),)
    document = await stored(portal, "Rechnung Süd.pdf", PDF + b"R", "application/pdf")
    id_ = await written(portal, maria, "D-1", 14280, lines=lines, document=document)
    page = await maria.get(f"/invoices/{id_}")
    for word in ("Tausch Mulde", "1,50 t", "80,00 €", "142,80 €"):
        assert word in page.words.replace("\xa0", " ")
    assert await maria.bytes(f"/files/invoices/{id_}") == PDF + b"R"
    sent = await headers(maria, f"/files/invoices/{id_}?download=yes")
    assert sent["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''Rechnung%20S%C3%BCd.pdf" in sent["content-disposition"]
    assert sent["x-content-type-options"] == "nosniff"
    assert sent["cache-control"] == "no-store"
    assert (await headers(maria, f"/files/invoices/{id_}"))["content-disposition"].startswith("inline;")


async def test_a_file_that_a_browser_might_run_is_only_ever_saved(portal: Portal, maria: Browser) -> None:
    for name, kind in (("seite.html", "text/html"), ("bild.svg", "image/svg+xml"), ("daten.xml", "application/xml")):
        document = await stored(portal, name, b"<script>alert(1)</script>", kind)
        id_ = await written(portal, maria, f"X-{name}", document=document)
        sent = await headers(maria, f"/files/invoices/{id_}")
        assert sent["content-disposition"].startswith("attachment;")
        assert sent["content-type"].startswith("application/octet-stream")
        assert sent["content-security-policy"].startswith("sandbox; default-src 'none'")


async def test_who_may_not_see_the_site_sees_neither_the_invoice_nor_its_file(
    portal: Portal, maria: Browser, reader: Browser, elsewhere: Browser, stranger: Browser
) -> None:
    document = await stored(portal, "r.pdf", PDF, "application/pdf")
    here = await written(portal, maria, "A-1", document=document)
    everywhere = await written(portal, maria, "A-2", site=None, site_name="", document=document)
    for path in (f"/invoices/{here}", f"/files/invoices/{here}"):
        missing = await stranger.get(re.sub(str(here), str(uuid4()), path))
        for other in (elsewhere, stranger):
            assert ((await other.get(path)).status, missing.status) == (404, 404)
        assert (await reader.get(path)).status == 200
    assert (await elsewhere.get(f"/files/invoices/{everywhere}")).status == 200
    assert (await stranger.get(f"/files/invoices/{everywhere}")).status == 404


async def test_the_list_goes_into_excel_with_real_dates_and_amounts(portal: Portal, maria: Browser) -> None:
    await written(portal, maria, "E-1", 11900, issued_on=date(2026, 2, 3))
    book = openpyxl.load_workbook(io.BytesIO(await maria.bytes("/invoices?q=E-1&format=xlsx")))
    sheet = book.active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("Nummer", "Rechnungsdatum")
    assert rows[1][0] == "E-1"
    assert str(rows[1][1]).startswith("2026-02-03")
    assert rows[1][7] == pytest.approx(119.0)
