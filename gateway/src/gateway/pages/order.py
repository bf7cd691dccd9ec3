"""One order: where it stands, when the driver comes, and who did what when; it can be cancelled until it is planned."""

from __future__ import annotations

from uuid import UUID

from chassis.decider import NotFound, Refused
from contracts.orders import CancelOrder
from contracts.values import OrderStatus
from pydantic import BaseModel

from gateway.page import Ask, Sent, _, action, page
from gateway.pages.container_view import containers
from gateway.pages.mine import may_order
from gateway.pages.order_view import OrderRow, orders
from gateway.pages.site_view import sites


class OrderPage(BaseModel):
    order: OrderRow
    site_name: str
    container: bool
    """Whether the portal knows the container of the order."""
    may_cancel: bool


async def my_order(ask: Ask, order: UUID) -> OrderRow:
    """NotFound also for an order of somebody else."""
    doc = await ask.rows.get(orders, ask.tenant_id, order)
    if doc is None or not ask.me.asker.may_see(doc.customer, doc.site):
        raise NotFound()
    return doc


@page("/orders/{order:uuid}", template="pages/order.html")
async def one_order(ask: Ask, order: UUID) -> OrderPage:
    doc = await my_order(ask, order)
    place = await ask.rows.get(sites, ask.tenant_id, doc.site)
    container = await ask.rows.get(containers, ask.tenant_id, doc.container) if doc.container else None
    early = doc.status in (OrderStatus.placed, OrderStatus.accepted)
    return OrderPage(
        order=doc,
        site_name=place.name if place else doc.site_name,
        container=container is not None and container.customer == doc.customer,
        may_cancel=doc.from_portal and early and may_order(ask),
    )


@action("/orders/{order:uuid}/cancel", back="/orders/{order}", needs="orderer")
async def cancel(ask: Ask, order: UUID) -> Sent:
    doc = await my_order(ask, order)
    if doc.container is None:
        raise Refused("This order was not placed in the portal. Please call us to cancel it.")
    await ask.command(CancelOrder(container=doc.container, order=order, customer=doc.customer))
    return Sent(to=f"/orders/{order}", flash=_("The order is cancelled."))
