"""All orders of the customer, from the portal and by telephone: to search, to filter and to take into a spreadsheet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.values import OrderStatus
from pydantic import BaseModel

from gateway.page import Ask, Column, Sheet, _, number_of, page, pages_of
from gateway.pages.mine import KINDS, Option, may_order, my_sites, scope, site_options, sort_of
from gateway.pages.order_view import OPEN, OrderRow, orders

PAGE = 50
SORTS = ("placed_on", "day", "status", "site_name", "waste_type_name", "number")
PERIODS = {"30": 30, "90": 90, "365": 365}
STATES = {
    OrderStatus.placed: _("Ordered"),
    OrderStatus.accepted: _("Confirmed"),
    OrderStatus.dispatched: _("Scheduled"),
    OrderStatus.completed: _("Completed"),
    OrderStatus.refused: _("Refused"),
    OrderStatus.cancelled: _("Cancelled"),
}


class OrdersPage(BaseModel):
    orders: list[OrderRow]
    total: int
    page: int
    pages: int
    filtered: bool
    site_options: list[Option]
    may_order: bool


def wanted(ask: Ask) -> dict[str, Any]:
    status = ask.query.get("status", "")
    days = PERIODS.get(ask.query.get("period", ""))
    return {
        **scope(ask),
        "where": {
            "status": list(OPEN) if status == "open" else status,
            "kind": ask.query.get("kind", ""),
            "site": ask.query.get("site", ""),
            "container": ask.query.get("container", ""),
            "placed_on": (">=", ask.today - timedelta(days=days)) if days else None,
        },
        "search": ask.query.get("q", ""),
        "sort": sort_of(ask.query, SORTS, "-placed_on"),
    }


async def spreadsheet(ask: Ask) -> Sheet:
    return Sheet(
        _("Orders"),
        [
            Column(_("Number")),
            Column(_("Kind")),
            Column(_("Status")),
            Column(_("Site"), width=28),
            Column(_("Waste type"), width=28),
            Column(_("Container type"), width=28),
            Column(_("Container")),
            Column(_("Ordered on"), "day"),
            Column(_("Ordered by"), width=24),
            Column(_("Desired date"), "day"),
            Column(_("Planned"), "day"),
            Column(_("Done on"), "day"),
            Column(_("Weight"), "weight"),
            Column(_("Note"), width=40),
        ],
        [
            (
                row.number,
                ask.say(KINDS[row.kind]),
                ask.say(STATES[row.status]),
                row.site_name,
                row.waste_type_name,
                row.container_type_name,
                row.container_number,
                row.placed_on,
                row.placed_by,
                row.desired,
                row.planned.day if row.planned else None,
                row.completed_on,
                row.weight,
                row.note,
            )
            for row in await ask.rows.all(orders, ask.tenant_id, **wanted(ask))
        ],
    )


@page("/orders", template="pages/orders.html", sheet=spreadsheet)
async def order_list(ask: Ask) -> OrdersPage:
    number = number_of(ask.query)
    found = await ask.rows.page(orders, ask.tenant_id, **wanted(ask), limit=PAGE, offset=(number - 1) * PAGE)
    return OrdersPage(
        orders=found.items,
        total=found.total,
        page=number,
        pages=pages_of(found.total, PAGE),
        filtered=any(ask.query.get(name) for name in ("q", "status", "kind", "site", "container", "period")),
        site_options=site_options(await my_sites(ask)),
        may_order=may_order(ask),
    )
