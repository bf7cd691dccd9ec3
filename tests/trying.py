"""Rooms for trying: catalog's events said by a decider of one line, and a looker-on that folds and reacts.

`python -m trying saying | looking` runs one as a process of its own, to be killed.
"""

from __future__ import annotations

import sys
from uuid import UUID

from chassis.decider import Asked, Asker, Decider, Refused
from chassis.events import Meta
from chassis.room import Effects, Reactions, Room, run
from chassis.views import View
from chassis.works import Effect
from contracts.base import Event
from contracts.billing import InvoicesLoaded, NoteInvoicesLoaded
from contracts.catalog import RecordWasteType, WasteTypeRecorded
from pydantic import BaseModel


def decide(command: RecordWasteType, state: tuple[str, ...], asked: Asked) -> list[Event]:
    if command.name == "refuse me":
        raise Refused("The waste type %(number)s is not wanted.", number=command.number)
    return [] if command.name in state else [WasteTypeRecorded(**dict(command))]


def evolve(state: tuple[str, ...], event: Event) -> tuple[str, ...]:
    return (*state, event.name) if isinstance(event, WasteTypeRecorded) else state


waste_type = Decider(
    name="waste-type",
    commands=(RecordWasteType,),
    initial=(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"waste-type:{command.waste_type}",
)

SAYING = Room("catalog", deciders=[waste_type])


class Seen(BaseModel):
    """Every name that a waste type was given, in the order of its arrival."""

    names: list[str] = []


def seen(name: str = "seen", poison: str = "", where: str = "fold") -> View[Seen]:
    """A fold that cannot be repeated without being noticed; it fails at the name `poison`, or the table does."""
    spoilt = {poison}

    def counted(doc: Seen) -> int:
        """More than the column holds, so that PostgreSQL refuses it."""
        return 2**70 if where == "table" and spoilt & {*doc.names} else len(doc.names)

    view = View(name, Seen, columns={"count": ("int", counted)}, search=lambda doc: doc.names[-1])

    @view.on(WasteTypeRecorded, key=lambda event, meta: event.waste_type)
    def recorded(doc: Seen | None, event: WasteTypeRecorded, meta: Meta) -> Seen:
        if where == "fold" and event.name in spoilt:
            raise ValueError(f"{event.name} cannot be folded")
        return Seen(names=[*(doc.names if doc else []), event.name])

    view.spoilt = spoilt  # type: ignore[attr-defined]
    return view


# A second room that reacts: for each waste type that it hears of it says an event of its own, once more each time.
echo = Decider(
    name="echo",
    commands=(NoteInvoicesLoaded,),
    initial=0,
    decide=lambda command, state, asked: [InvoicesLoaded(customer=command.customer)],
    evolve=lambda state, event: state + 1,
    stream=lambda command: f"echo:{command.customer}",
)


def reactions() -> Reactions:
    made = Reactions()

    @made.on(WasteTypeRecorded)
    def heard(event: WasteTypeRecorded, meta: Meta) -> list[NoteInvoicesLoaded]:
        return [NoteInvoicesLoaded(customer=event.waste_type)]

    return made


def effects(effect: Effect) -> Effects:
    made = Effects("mails")
    made.on(WasteTypeRecorded)(effect)
    return made


def looking() -> Room:
    return Room("billing", deciders=[echo], reactions=reactions(), views=[seen()])


def record(waste_type: UUID, name: str) -> RecordWasteType:
    return RecordWasteType(waste_type=waste_type, number="1", name=name, code="170904")


def operator(tenant: UUID) -> Asker:
    return Asker(tenant, "operator", "the operator")


if __name__ == "__main__":
    run(SAYING if sys.argv.pop() == "saying" else looking())
