"""The dispatchers convert, plan, close or refuse an external order, and the customer sees it in the portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis import telemetry
from chassis.decider import Refused
from contracts.base import Event
from contracts.erp import OrderClosed, OrderConverted, OrderDeclined, OrderPlanned, OrderWithdrawn
from contracts.values import Kilograms, Number, Window
from litestar import Request, put
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from erp_bridge.connections import FirmOfKey
from erp_bridge.handover import External, Externals, hear
from erp_bridge.problems import invalid
from erp_bridge.single import body_of

Vehicle = Annotated[str, Field(max_length=100)]


class Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Converted(Said):
    """Turned into a transport order (Fahrauftrag)."""

    status: Literal["converted"]
    number: Number


class Planned(Said):
    """Dispatched: the day, and the hours if they are known."""

    status: Literal["planned"]
    day: date
    begins: time | None = None
    ends: time | None = None
    vehicle: Vehicle = ""


class Completed(Said):
    """Closed after the driver was there."""

    status: Literal["completed"]
    on: date
    weight_kg: Kilograms | None = None
    container_number: Number | None = None


class Declined(Said):
    """Refused; the customer reads the reason."""

    status: Literal["refused"]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Withdrawn(Said):
    """Cancelled after it had been taken."""

    status: Literal["cancelled"]
    reason: Annotated[str, Field(max_length=500)] = ""


Status = Converted | Planned | Completed | Declined | Withdrawn
STATUS: TypeAdapter[Status] = TypeAdapter(Annotated[Status, Field(discriminator="status")])


def event_of(status: Status, order: External) -> Event:
    about: dict[str, Any] = {"order": order.reference, "customer": order.customer, "container": order.container}
    match status:
        case Converted():
            return OrderConverted(**about, number=status.number)
        case Planned():
            planned = Window(day=status.day, begins=status.begins, ends=status.ends)
            return OrderPlanned(**about, planned=planned, vehicle=status.vehicle)
        case Completed():
            return OrderClosed(
                **about, completed_on=status.on, weight=status.weight_kg, container_number=status.container_number
            )
        case Declined():
            return OrderDeclined(**about, reason=status.reason)
        case Withdrawn():
            return OrderWithdrawn(**about, reason=status.reason)


def is_news(status: Status, said: Mapping[str, Any], now: str | None, cancelled: bool) -> bool:
    """`said`: the last report of each status; `now`: the latest status. Refused if it contradicts what is known."""
    if said.get(status.status) == status.model_dump(mode="json"):
        return False
    if isinstance(status, Completed):
        return True  # the driver was there, whatever was said before
    if now in ("completed", "refused", "cancelled"):
        raise Refused("The order is %(now)s already.", now=now)
    if cancelled and not isinstance(status, Declined | Withdrawn):
        raise Refused("The customer has cancelled this order.")
    return True


@put("/external-orders/{reference:uuid}/status", status_code=200, summary="Reports the status of an external order")
async def put_status(request: Request[Any, Any, Any], reference: FromPath[UUID], firm: FirmOfKey) -> dict[str, Any]:
    try:
        status = STATUS.validate_python(await body_of(request))
    except ValidationError as error:
        raise invalid(error) from error

    def note(orders: Externals) -> bool:
        order, cancelled = orders.get(reference), orders.find(reference, "cancel")
        latest = order.status["status"] if order.status else None
        if not is_news(status, order.said, latest, cancelled is not None):
            return False
        with telemetry.span(f"erp-bridge hears {status.status}", order.traceparent):
            take_over(status, order, orders)
        return True

    changed = await hear(request.app.state.ctx, firm, reference, note)
    return {"reference": str(reference), "status": "changed" if changed else "unchanged"}


def take_over(status: Status, order: External, orders: Externals) -> None:
    whole = status.model_dump(mode="json")
    order.status = whole
    order.said = order.said | {status.status: whole}
    if isinstance(status, Converted):
        order.transport_number = status.number
    if isinstance(status, Completed) and status.container_number:
        orders.name_container(status.container_number, order.container)
    orders.hand_over(order, None)
    orders.room.say_of(order.customer, event_of(status, order))
