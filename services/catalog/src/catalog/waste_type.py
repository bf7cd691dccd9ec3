"""Customers choose among the kinds of waste that the firm takes, each with its official code."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.decider import Asked, Decider, NotAllowed
from contracts.base import Event
from contracts.catalog import RecordWasteType, WasteTypeRecorded


@dataclass(frozen=True)
class WasteType:
    """The waste type as the ERP last reported it."""

    latest: WasteTypeRecorded | None = None


def decide(command: RecordWasteType, state: WasteType, asked: Asked) -> list[Event]:
    if not asked.who.trusted:
        raise NotAllowed("What can be ordered is decided by the firm only.")
    recorded = WasteTypeRecorded(**dict(command))
    return [] if recorded == state.latest else [recorded]


def evolve(state: WasteType, event: Event) -> WasteType:
    return WasteType(latest=event) if isinstance(event, WasteTypeRecorded) else state


waste_type = Decider(
    name="waste-type",
    commands=(RecordWasteType,),
    initial=WasteType(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"waste-type:{command.waste_type}",
)
