"""The life of a container at a customer: ordered, standing, gone, and the orders that it has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from contracts.base import Event
from contracts.orders import (
    ContainerRecorded,
    OrderAccepted,
    OrderCancelled,
    OrderCompleted,
    OrderDispatched,
    OrderPlaced,
    OrderRecorded,
    OrderRefused,
    OrderRescheduled,
)
from contracts.values import ContainerStatus, Haul, OrderKind, OrderStatus, Window

OPEN = frozenset({OrderStatus.placed, OrderStatus.accepted, OrderStatus.dispatched})


@dataclass(frozen=True)
class Order:
    """`placed`: as it was ordered in the portal; `recorded`: as the ERP last reported one of its own."""

    order: UUID
    customer: UUID
    haul: Haul
    status: OrderStatus
    placed: OrderPlaced | None = None
    recorded: OrderRecorded | None = None
    number: str = ""
    planned: Window | None = None
    completed_on: date | None = None
    weight: int | None = None
    container_number: str | None = None


@dataclass(frozen=True)
class Container:
    """`status` is None as long as nothing but orders of the past is known. `haul` names what stands where."""

    status: ContainerStatus | None = None
    customer: UUID | None = None
    haul: Haul | None = None
    number: str | None = None
    since: date | None = None
    orders: Mapping[UUID, Order] = field(default_factory=dict)

    @property
    def open(self) -> Order | None:
        """The order that is not done yet. One of an earlier customer says nothing about the present one."""
        found = (order for order in self.orders.values() if order.status in OPEN and order.customer == self.customer)
        return next(found, None)


def evolve(state: Container, event: Event) -> Container:
    match event:
        case OrderPlaced():
            return placed(state, event)
        case OrderAccepted():
            return changed(state, event.order, status=OrderStatus.accepted, number=event.number)
        case OrderDispatched() | OrderRescheduled():
            after = changed(state, event.order, status=OrderStatus.dispatched, planned=event.planned)
            # A plan for a placement that was cancelled meanwhile: the container is on its way after all.
            revived = event.kind is OrderKind.placement and state.status is ContainerStatus.gone
            return replace(after, status=ContainerStatus.ordered) if revived else after
        case OrderCompleted():
            return completed(state, event)
        case OrderRefused():
            return ended(state, event.order, event.kind, OrderStatus.refused)
        case OrderCancelled():
            return ended(state, event.order, event.kind, OrderStatus.cancelled)
        case ContainerRecorded():
            return replace(
                state,
                status=event.status,
                customer=event.customer,
                haul=event.haul,
                number=event.number,
                since=event.since,
            )
        case OrderRecorded():
            return recorded(state, event)
        case _:
            return state


def placed(state: Container, event: OrderPlaced) -> Container:
    order = Order(event.order, event.customer, event.haul, OrderStatus.placed, placed=event)
    orders = {**state.orders, event.order: order}
    if event.haul.kind is not OrderKind.placement:
        return replace(state, orders=orders)
    return replace(state, status=ContainerStatus.ordered, customer=event.customer, haul=event.haul, orders=orders)


def completed(state: Container, event: OrderCompleted) -> Container:
    before = state.orders.get(event.order)
    after = changed(
        state,
        event.order,
        status=OrderStatus.completed,
        completed_on=event.completed_on,
        weight=event.weight,
        container_number=event.container_number,
    )
    if before and before.status is OrderStatus.completed:
        return after  # a corrected weight; the container has gone its way since
    number = event.container_number or state.number
    match event.kind:
        case OrderKind.placement:
            return replace(after, status=ContainerStatus.standing, number=number, since=event.completed_on)
        case OrderKind.exchange:
            return replace(after, number=number)
        case OrderKind.emptying:
            return after
        case OrderKind.removal:
            return replace(after, status=ContainerStatus.gone)


def ended(state: Container, order: UUID, kind: OrderKind, status: OrderStatus) -> Container:
    after = changed(state, order, status=status)
    never_came = kind is OrderKind.placement and state.status is ContainerStatus.ordered
    return replace(after, status=ContainerStatus.gone) if never_came else after


def recorded(state: Container, event: OrderRecorded) -> Container:
    order = Order(
        event.order,
        event.customer,
        event.haul,
        event.status,
        recorded=event,
        number=event.number,
        planned=event.planned,
        completed_on=event.completed_on,
        weight=event.weight,
    )
    return replace(state, customer=state.customer or event.customer, orders={**state.orders, event.order: order})


def changed(state: Container, order: UUID, **changes: Any) -> Container:
    known = state.orders.get(order)
    if known is None:
        return state
    # What the ERP recorded before no longer holds: it may report the same again and mean it.
    return replace(state, orders={**state.orders, order: replace(known, recorded=None, **changes)})
