"""When the driver comes, and when not: whoever ordered in the portal learns it by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from chassis.events import Meta
from chassis.room import Context
from contracts.orders import OrderCancelled, OrderDispatched, OrderRefused, OrderRescheduled
from contracts.values import Window

from gateway.look.formats import local
from gateway.mails import Letter, Pen, Reader, mails, post, reader_of
from gateway.mails.letter import all_heard
from gateway.page import _
from gateway.pages.mine import KINDS
from gateway.pages.order_view import OrderRow, orders


@mails.on(OrderDispatched)
async def planned(event: OrderDispatched, meta: Meta, ctx: Context) -> None:
    if is_over(event.planned):
        return

    def write(pen: Pen, order: OrderRow) -> Letter:
        return Letter(
            subject=pen.say(_("Your order is scheduled: %(when)s"), when=pen.day(event.planned.day)),
            heading=pen.say(_("Your order is scheduled")),
            paragraphs=[pen.say(_("Our driver comes on %(when)s."), when=window(pen, event.planned))],
            facts=facts(pen, order),
            button=to_the_order(pen, order),
            after=[pen.say(_("Please make sure that the place is free and can be reached."))],
        )

    await tell(ctx, meta, event.order, write)


@mails.on(OrderRescheduled)
async def planned_anew(event: OrderRescheduled, meta: Meta, ctx: Context) -> None:
    if is_over(event.planned):
        return

    def write(pen: Pen, order: OrderRow) -> Letter:
        return Letter(
            subject=pen.say(_("New date for your order: %(when)s"), when=pen.day(event.planned.day)),
            heading=pen.say(_("Your order has a new date")),
            paragraphs=[pen.say(_("We had to plan your order anew. Thank you for your understanding."))],
            facts=[
                (pen.say(_("New date")), window(pen, event.planned)),
                (pen.say(_("Until now")), window(pen, event.before)),
                *facts(pen, order),
            ],
            button=to_the_order(pen, order),
            after=[pen.say(_("The new date does not suit you? Then please call us."))],
        )

    await tell(ctx, meta, event.order, write)


@mails.on(OrderRefused)
async def refused(event: OrderRefused, meta: Meta, ctx: Context) -> None:
    def write(pen: Pen, order: OrderRow) -> Letter:
        return Letter(
            subject=pen.say(_("We cannot take your order")),
            paragraphs=[pen.say(_("Unfortunately we cannot carry out your order, for this reason:"))],
            quote=event.reason,
            facts=facts(pen, order),
            button=to_the_order(pen, order),
            after=[pen.say(_("You can order again in the portal at any time, or call us."))],
        )

    await tell(ctx, meta, event.order, write)


@mails.on(OrderCancelled)
async def cancelled(event: OrderCancelled, meta: Meta, ctx: Context) -> None:
    """Who cancelled an order in the portal knows it already."""
    if event.by_customer:
        return

    def write(pen: Pen, order: OrderRow) -> Letter:
        return Letter(
            subject=pen.say(_("Your order was cancelled")),
            paragraphs=[pen.say(_("We have cancelled your order. The driver does not come."))],
            quote=event.reason,
            facts=facts(pen, order),
            button=to_the_order(pen, order),
            after=[pen.say(_("You can order again in the portal at any time, or call us."))],
        )

    await tell(ctx, meta, event.order, write)


async def tell(ctx: Context, meta: Meta, order: UUID, write: Callable[[Pen, OrderRow], Letter]) -> None:
    """Only who ordered in the portal is told; orders by telephone and of the past cause no mails."""
    row = await ctx.rows.get(orders, meta.tenant, order)
    if row is None:
        await all_heard(ctx, "orders")
        # What the views have passed by will not come by waiting: the stream is parked, other mails go on.
        raise LookupError(f"the order {order} of the mail is in no view")
    reader: Reader | None = await reader_of(ctx, meta, row.user)
    if reader is not None:
        await post(ctx, meta, reader, lambda pen: write(pen, row), thread=order)


def is_over(planned: Window) -> bool:
    """A plan that is told only after its day, as after a long outage, would be a riddle."""
    return planned.day < local(datetime.now(UTC)).date()


def window(pen: Pen, planned: Window) -> str:
    day = pen.day(planned.day)
    if planned.begins and planned.ends:
        begins, ends = pen.clock(planned.begins), pen.clock(planned.ends)
        return pen.say(_("%(day)s, between %(begins)s and %(ends)s"), day=day, begins=begins, ends=ends)
    if planned.begins:
        return pen.say(_("%(day)s, from %(begins)s"), day=day, begins=pen.clock(planned.begins))
    return day


def facts(pen: Pen, order: OrderRow) -> list[tuple[str, str]]:
    container = " · ".join(filter(None, (order.container_type_name, order.container_number)))
    told = [
        (_("Order"), pen.say(KINDS[order.kind])),
        (_("Number"), order.number),
        (_("Container"), container),
        (_("Waste type"), order.waste_type_name),
        (_("Site"), order.site_name),
        (_("Note"), order.note),
    ]
    return [(pen.say(label), value) for label, value in told if value]


def to_the_order(pen: Pen, order: OrderRow) -> tuple[str, str]:
    return pen.say(_("See order")), pen.link(f"/orders/{order.order}")
