"""What the ERP reports about containers and orders becomes part of their lives."""

from __future__ import annotations

from chassis.events import Meta
from chassis.room import Reactions
from contracts.base import Command
from contracts.erp import (
    ContainerReported,
    OrderClosed,
    OrderConverted,
    OrderDeclined,
    OrderPlanned,
    OrderReported,
    OrderWithdrawn,
    TransferCompleted,
)
from contracts.orders import (
    NoteAcceptance,
    NoteCancellation,
    NoteCompletion,
    NoteDispatch,
    NoteOrdersLoaded,
    NoteRefusal,
    RecordContainer,
    RecordOrder,
)

reactions = Reactions()

# What dispatchers write may be longer than a customer wants to read; a report is never lost over it.
LONGEST_NOTE = 2000
LONGEST_REASON = 500


@reactions.on(ContainerReported)
def container_reported(event: ContainerReported, meta: Meta) -> list[Command]:
    haul = event.haul.model_copy(
        update={"site": event.site, "container": event.container, "container_number": event.number}
    )
    return [
        RecordContainer(
            container=event.container,
            customer=event.customer,
            number=event.number,
            haul=haul,
            status=event.status,
            since=event.since,
        )
    ]


@reactions.on(OrderReported)
def order_reported(event: OrderReported, meta: Meta) -> list[Command]:
    haul = event.haul.model_copy(update={"site": event.site, "container": event.container})
    return [
        RecordOrder(
            order=event.order,
            customer=event.customer,
            number=event.number,
            haul=haul,
            status=event.status,
            placed_on=event.placed_on,
            desired=event.desired,
            planned=event.planned,
            completed_on=event.completed_on,
            weight=event.weight,
            note=event.note[:LONGEST_NOTE],
        )
    ]


@reactions.on(OrderConverted)
def order_converted(event: OrderConverted, meta: Meta) -> list[Command]:
    return [NoteAcceptance(**dict(event))]


@reactions.on(OrderPlanned)
def order_planned(event: OrderPlanned, meta: Meta) -> list[Command]:
    return [NoteDispatch(**dict(event))]


@reactions.on(OrderClosed)
def order_closed(event: OrderClosed, meta: Meta) -> list[Command]:
    return [NoteCompletion(**dict(event))]


@reactions.on(OrderDeclined)
def order_declined(event: OrderDeclined, meta: Meta) -> list[Command]:
    return [NoteRefusal(**dict(event))]


@reactions.on(OrderWithdrawn)
def order_withdrawn(event: OrderWithdrawn, meta: Meta) -> list[Command]:
    return [NoteCancellation(**{**dict(event), "reason": event.reason[:LONGEST_REASON]})]


@reactions.on(TransferCompleted)
def transfer_completed(event: TransferCompleted, meta: Meta) -> list[Command]:
    # All that the ERP reports of one customer comes in order: containers and orders are recorded by now.
    return [NoteOrdersLoaded(customer=event.customer)]
