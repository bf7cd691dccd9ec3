"""The first page after the login: what is open, what comes next, and the way to everything else."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from contracts.values import OrderStatus
from pydantic import BaseModel

from gateway.page import Ask, page
from gateway.pages.container_view import PRESENT, containers
from gateway.pages.invoice_view import InvoiceRow, State, invoices
from gateway.pages.invoices import Owed, owed_of, unpaid
from gateway.pages.mine import may_order, my_sites, scope
from gateway.pages.order_view import OPEN, OrderRow, orders
from gateway.pages.quote_view import QuoteRow, quotes, unread_quotes
from gateway.pages.sites import SiteStock, stock_of
from gateway.pages.waste_view import contributions

SHORT = 4
NEXT = 5
RECENT = timedelta(days=30)


class NextOrder(BaseModel):
    """An order on its way; `day` is empty until the firm has planned it."""

    order: UUID
    row: OrderRow
    day: date | None
    near: Literal["today", "tomorrow", ""]


class LatestQuote(BaseModel):
    row: QuoteRow
    unread: bool


class LatestInvoice(BaseModel):
    row: InvoiceRow
    state: State


class SiteLine(BaseModel):
    site: UUID
    name: str
    city: str
    stock: SiteStock


class Fetched(BaseModel):
    """In the last 30 days; kilograms."""

    orders: int
    weight: int


class Dashboard(BaseModel):
    part_of_day: Literal["morning", "day", "evening"]
    today: date
    open_orders: int
    next_day: date | None
    orders: list[NextOrder]
    done: list[OrderRow]
    unread: int
    quotes: list[LatestQuote]
    owed: Owed
    invoices: list[LatestInvoice]
    sites: list[SiteLine]
    all_sites: int
    standing: int
    fetched: Fetched
    may_order: bool
    is_new: bool
    """Nothing has happened yet: the page explains instead of showing empty lists."""


def part_of_day(hour: int) -> Literal["morning", "day", "evening"]:
    return "morning" if 4 <= hour < 11 else "day" if 11 <= hour < 18 else "evening"


def next_order(row: OrderRow, today: date) -> NextOrder:
    day = row.planned.day if row.planned and row.status is OrderStatus.dispatched else None
    near: Literal["today", "tomorrow", ""] = ""
    if day is not None and 0 <= (day - today).days <= 1:
        near = "today" if day == today else "tomorrow"
    return NextOrder(order=row.order, row=row, day=day, near=near)


def in_turn(rows: list[OrderRow]) -> list[OrderRow]:
    """Planned days first, the nearest on top; then what still waits for a day, the oldest wish first."""
    return sorted(rows, key=lambda row: (row.status is not OrderStatus.dispatched, row.day, str(row.order)))


def busiest(lines: list[SiteLine]) -> list[SiteLine]:
    return sorted(lines, key=lambda line: (-line.stock.open_orders, -line.stock.standing, line.name))


@page("/", template="pages/dashboard.html")
async def dashboard(ask: Ask) -> Dashboard:
    """What is open for the user: orders on their way, unread quotes, unpaid invoices."""
    rows, tenant, mine = ask.rows, ask.tenant_id, scope(ask)
    on_their_way, done, present, places, recent = await asyncio.gather(
        rows.all(orders, tenant, **mine, where={"status": [status.value for status in OPEN]}, limit=500),
        rows.all(orders, tenant, **mine, where={"status": OrderStatus.completed.value}, sort="-day", limit=SHORT),
        rows.all(containers, tenant, **mine, where={"state": PRESENT}),
        my_sites(ask, active="yes"),
        rows.all(contributions, tenant, **mine, where={"done_on": (">=", ask.today - RECENT)}),
    )
    unread, asked, owed, written = await asyncio.gather(
        unread_quotes(ask),
        rows.all(quotes, tenant, **mine, sort="-last_at", limit=SHORT),
        unpaid(ask),
        rows.all(invoices, tenant, **mine, sort="-issued_on", limit=SHORT),
    )
    stock = stock_of(present)
    upcoming = [next_order(row, ask.today) for row in in_turn(on_their_way)[:NEXT]]
    lines = [
        SiteLine(site=place.site, name=place.name, city=place.address.city, stock=stock.get(place.site, SiteStock()))
        for place in places
    ]
    return Dashboard(
        part_of_day=part_of_day(ask.now.hour),
        today=ask.today,
        open_orders=len(on_their_way),
        next_day=min((one.day for one in upcoming if one.day and one.day >= ask.today), default=None),
        orders=upcoming,
        done=done,
        unread=len(unread),
        quotes=[LatestQuote(row=row, unread=row.quote in unread) for row in asked],
        owed=owed_of(owed, ask),
        invoices=[LatestInvoice(row=row, state=row.state(ask.today)) for row in written],
        sites=busiest(lines)[:SHORT],
        all_sites=len(places),
        standing=sum(each.standing for each in stock.values()),
        fetched=Fetched(orders=len(recent), weight=sum(one.weight or 0 for one in recent)),
        may_order=may_order(ask),
        is_new=not (on_their_way or done or asked or written),
    )
