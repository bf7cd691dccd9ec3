"""Rooms for trying: catalog's events said by a decider of one line, and a looker-on that folds and reacts."""

from __future__ import annotations

from uuid import UUID

from chassis.decider import Asked, Decider, Refused
from chassis.events import Meta
from chassis.room import Room
from chassis.views import View
from contracts.base import Event
from contracts.catalog import RecordWasteType, WasteTypeRecorded
from pydantic import BaseModel


def decide(command: RecordWasteType, state: int, asked: Asked) -> list[Event]:
    if command.name == "refuse me":
        raise Refused("The waste type %(number)s is not wanted.", number=command.number)
    return [WasteTypeRecorded(**dict(command))]


waste_type = Decider(
    name="waste-type",
    commands=(RecordWasteType,),
    initial=0,
    decide=decide,
    evolve=lambda state, event: state + 1,
    stream=lambda command: f"waste-type:{command.waste_type}",
)

SAYING = Room("catalog", deciders=[waste_type])


class Seen(BaseModel):
    """Every name that a waste type was given, in order."""

    names: list[str] = []


def seen() -> View[Seen]:
    view = View("seen", Seen, columns={"count": ("int", lambda doc: len(doc.names))}, search=lambda doc: doc.names[-1])

    @view.on(WasteTypeRecorded, key=lambda event, meta: event.waste_type)
    def recorded(doc: Seen | None, event: WasteTypeRecorded, meta: Meta) -> Seen:
        return Seen(names=[*(doc.names if doc else []), event.name])

    return view


def record(waste_type: UUID, name: str) -> RecordWasteType:
    return RecordWasteType(waste_type=waste_type, number="1", name=name, code="170904")
