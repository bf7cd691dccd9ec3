"""What customers order for themselves: a new container, an exchange, an emptying, a removal, and what they call off."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from chassis.decider import Asked, Invalid, NotAllowed, NotFound, Refused
from contracts.base import Event
from contracts.orders import CancelOrder, OrderCancelled, OrderContainer, OrderPlaced, OrderService
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus

from orders.days import check_desired, today
from orders.life import Container, Order

ASSORTMENT = ("assortment", "all")
FIRM = ("firm", "own")


def needs(command: object) -> list[tuple[str, UUID | str]]:
    match command:
        case OrderContainer():
            return [("sites", command.site), ASSORTMENT, FIRM]
        case OrderService():
            return [ASSORTMENT, FIRM]
        case _:
            return []


# -- a new container ------------------------------------------------------------------------------------------------


def order_container(command: OrderContainer, state: Container, asked: Asked) -> list[Event]:
    site = asked.fact("sites", command.site)
    if not asked.who.may_see(command.customer, command.site) or site is None or site.customer != command.customer:
        raise NotFound()
    check_role(asked)
    match state.status:
        case None if not state.orders:
            return [placement(command, str(site.name), site.active, asked)]
        case None | ContainerStatus.ordered | ContainerStatus.standing | ContainerStatus.gone:
            return ordered_before(command, state)
        case _:
            assert_never(state.status)


def placement(command: OrderContainer, site_name: str, site_active: bool, asked: Asked) -> OrderPlaced:
    if not site_active:
        raise Refused("The site %(site)s is closed. Please choose another one.", site=site_name)
    assortment = asked.fact(*ASSORTMENT)
    waste = assortment and assortment.waste_types.get(command.waste_type)
    type_ = assortment and assortment.container_types.get(command.container_type)
    if not waste or not waste.orderable:
        raise Invalid("This waste type can no longer be ordered. Please choose another one.", field="waste_type")
    if not type_ or not type_.orderable:
        raise Invalid("This container can no longer be ordered. Please choose another one.", field="container_type")
    if command.waste_type not in type_.waste_types:
        raise Invalid(
            "%(container)s does not take %(waste)s. Please choose another container.",
            container=type_.name,
            waste=waste.name,
            field="container_type",
        )
    check_day(command, asked)
    return OrderPlaced(
        order=command.order,
        customer=command.customer,
        site=command.site,
        container=command.container,
        haul=Haul(
            kind=OrderKind.placement,
            site=command.site,
            site_name=site_name,
            waste_type=command.waste_type,
            waste_type_name=waste.name,
            container_type=command.container_type,
            container_type_name=type_.name,
            container=command.container,
        ),
        desired=command.desired,
        note=command.note,
        placed_by=asked.who.name,
    )


def ordered_before(command: OrderContainer, state: Container) -> list[Event]:
    """Nothing for the same order once more, as after a double click; names may have changed since."""
    order = state.orders.get(command.order)
    placed = order.placed if order else None
    if (placed.customer if placed else state.customer) != command.customer:
        raise NotFound()
    if placed is None or asked_in(placed) != asked_in(command):
        raise Refused("This container has already been ordered.")
    return []


def asked_in(said: OrderContainer | OrderPlaced) -> tuple[object, ...]:
    """What a customer chose, without the names that it had on that day."""
    chosen, kind = (said.haul, said.haul.kind) if isinstance(said, OrderPlaced) else (said, OrderKind.placement)
    what = (kind, chosen.waste_type, chosen.container_type)
    return (said.container, said.order, said.site, *what, said.desired, said.note)


# -- a standing container -------------------------------------------------------------------------------------------


def order_service(command: OrderService, state: Container, asked: Asked) -> list[Event]:
    haul = state.haul
    if haul is None or state.status is None or state.customer != command.customer:
        raise NotFound()
    if not asked.who.may_see(command.customer, haul.site):
        raise NotFound()
    check_role(asked)
    before = state.orders.get(command.order)
    if before is not None:
        return service_ordered_before(command, before)
    match state.status:
        case ContainerStatus.ordered:
            raise not_placed_yet()
        case ContainerStatus.gone:
            raise Refused("This container is no longer at your site.")
        case ContainerStatus.standing:
            return [service(command, state, haul, asked)]
        case _:
            assert_never(state.status)


def not_placed_yet() -> Refused:
    return Refused("This container is still on its way. You can order more for it as soon as it has been placed.")


def service(command: OrderService, state: Container, haul: Haul, asked: Asked) -> OrderPlaced:
    if state.open:
        if state.open.haul.kind is OrderKind.placement:
            raise not_placed_yet()
        raise Refused(
            "There is already an open order for this container. The next one is possible as soon as it is done."
        )
    assortment = asked.fact(*ASSORTMENT)
    type_ = assortment and assortment.container_types.get(haul.container_type)
    if command.kind is OrderKind.placement or not type_ or command.kind not in type_.kinds:
        raise Invalid("This kind of order is not possible for this container.", field="kind")
    check_day(command, asked)
    return OrderPlaced(
        order=command.order,
        customer=command.customer,
        site=haul.site,
        container=command.container,
        haul=haul.model_copy(
            update={"kind": command.kind, "container": command.container, "container_number": state.number}
        ),
        desired=command.desired,
        note=command.note,
        placed_by=asked.who.name,
    )


def service_ordered_before(command: OrderService, order: Order) -> list[Event]:
    said = order.placed and (order.placed.haul.kind, order.placed.desired, order.placed.note)
    if said != (command.kind, command.desired, command.note):
        raise Refused("This order has already been placed.")
    return []


# -- calling off ----------------------------------------------------------------------------------------------------


def cancel(command: CancelOrder, state: Container, asked: Asked) -> list[Event]:
    order = state.orders.get(command.order)
    if order is None or order.customer != command.customer:
        raise NotFound()
    if not asked.who.may_see(order.customer, order.haul.site):
        raise NotFound()
    check_role(asked)
    match order.status:
        case OrderStatus.placed | OrderStatus.accepted if order.placed is None:
            raise Refused("This order was not placed in the portal. Please call us to cancel it.")
        case OrderStatus.placed | OrderStatus.accepted:
            return [
                OrderCancelled(
                    order=order.order,
                    customer=order.customer,
                    site=order.haul.site,
                    container=command.container,
                    kind=order.haul.kind,
                    reason="",
                    by_customer=True,
                )
            ]
        case OrderStatus.dispatched:
            raise Refused("This order is already planned. Please call us to cancel it.")
        case OrderStatus.completed:
            raise Refused("This order has already been carried out.")
        case OrderStatus.refused:
            raise Refused("This order was refused; there is nothing left to cancel.")
        case OrderStatus.cancelled:
            return []
        case _:
            assert_never(order.status)


# -- common rules ---------------------------------------------------------------------------------------------------


def check_role(asked: Asked) -> None:
    if not asked.who.may_order():
        raise NotAllowed("You may look at containers and orders, but not order.")


def check_day(command: OrderContainer | OrderService, asked: Asked) -> None:
    if command.desired is not None:
        firm = asked.fact(*FIRM)
        check_desired(command.desired, today(asked.now), firm.region if firm else None)
