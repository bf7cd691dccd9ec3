"""All invoices of the customer: what is still to be paid, what is overdue, what was paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.billing import InvoiceStatus
from pydantic import BaseModel

from gateway.page import Ask, Column, Sheet, _, number_of, page, pages_of
from gateway.pages.invoice_view import InvoiceRow, State, invoices
from gateway.pages.mine import Option, my_sites, scope, site_options, sort_of

PAGE = 50
SORTS = ("number", "issued_on", "due_on", "gross", "site_name")
DAYS = {"30": 30, "90": 90, "365": 365}
STATES: dict[State, str] = {
    "open": _("Unpaid"),
    "overdue": _("Overdue"),
    "paid": _("Paid"),
    "cancelled": _("Cancelled"),
}


class InvoiceLineOf(BaseModel):
    row: InvoiceRow
    state: State


class Owed(BaseModel):
    """What is still to be paid, in cents, and how much of it is overdue."""

    number: int
    amount: int
    overdue: int
    overdue_amount: int


class InvoicesPage(BaseModel):
    lines: list[InvoiceLineOf]
    total: int
    page: int
    pages: int
    owed: Owed
    years: list[int]
    filtered: bool
    site_options: list[Option]


def owed_of(rows: list[InvoiceRow], ask: Ask) -> Owed:
    late = [row for row in rows if row.state(ask.today) == "overdue"]
    return Owed(
        number=len(rows),
        amount=sum(row.gross for row in rows),
        overdue=len(late),
        overdue_amount=sum(row.gross for row in late),
    )


async def unpaid(ask: Ask) -> list[InvoiceRow]:
    """The one that is due first stands first."""
    return await ask.rows.all(
        invoices, ask.tenant_id, **scope(ask), where={"status": InvoiceStatus.open.value}, sort="due_on"
    )


def wanted(ask: Ask) -> dict[str, Any]:
    status, period = ask.query.get("status", ""), ask.query.get("period", "")
    return {
        **scope(ask),
        "where": {
            "status": "open" if status in ("unpaid", "overdue") else status,
            "due_on": ("<", ask.today) if status == "overdue" else None,
            "site": ask.query.get("site", ""),
            "issued_on": (">=", ask.today - timedelta(days=DAYS[period])) if period in DAYS else None,
            "year": int(period) if len(period) == 4 and period.isascii() and period.isdigit() else None,
        },
        "search": ask.query.get("q", ""),
        "sort": sort_of(ask.query, SORTS, "-issued_on"),
    }


async def spreadsheet(ask: Ask) -> Sheet:
    return Sheet(
        _("Invoices"),
        [
            Column(_("Number")),
            Column(_("Issued on"), "day"),
            Column(_("Due on"), "day"),
            Column(_("Status")),
            Column(_("Site"), width=30),
            Column(_("Net"), "money"),
            Column(_("VAT"), "money"),
            Column(_("Gross"), "money"),
        ],
        [
            (
                row.number,
                row.issued_on,
                row.due_on,
                ask.say(STATES[row.state(ask.today)]),
                row.site_name,
                row.net,
                row.tax,
                row.gross,
            )
            for row in await ask.rows.all(invoices, ask.tenant_id, **wanted(ask))
        ],
    )


@page("/invoices", template="pages/invoices.html", sheet=spreadsheet)
async def invoice_list(ask: Ask) -> InvoicesPage:
    """All invoices that the user may see. Amounts in cents."""
    number = number_of(ask.query)
    found = await ask.rows.page(invoices, ask.tenant_id, **wanted(ask), limit=PAGE, offset=(number - 1) * PAGE)
    return InvoicesPage(
        lines=[InvoiceLineOf(row=row, state=row.state(ask.today)) for row in found.items],
        total=found.total,
        page=number,
        pages=pages_of(found.total, PAGE),
        owed=owed_of(await unpaid(ask), ask),
        years=[ask.today.year - back for back in range(3)],
        filtered=any(ask.query.get(name) for name in ("q", "status", "site", "period")),
        site_options=site_options(await my_sites(ask)),
    )
