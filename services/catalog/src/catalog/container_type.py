"""Every size and variant of container says which waste it takes and what can be ordered once it stands."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.decider import Asked, Decider, NotAllowed
from contracts.base import Event
from contracts.catalog import ContainerTypeRecorded, RecordContainerType
from contracts.values import OrderKind


@dataclass(frozen=True)
class ContainerType:
    """The container type as the ERP last reported it."""

    latest: ContainerTypeRecorded | None = None


def decide(command: RecordContainerType, state: ContainerType, asked: Asked) -> list[Event]:
    if not asked.who.trusted:
        raise NotAllowed("What can be ordered is decided by the firm only.")
    recorded = ContainerTypeRecorded(
        **{
            **dict(command),
            # In which order an ERP lists them says nothing, so another order is no change.
            "waste_types": tuple(sorted(set(command.waste_types))),
            "kinds": tuple(kind for kind in OrderKind if kind in command.kinds and kind is not OrderKind.placement),
        }
    )
    return [] if recorded == state.latest else [recorded]


def evolve(state: ContainerType, event: Event) -> ContainerType:
    return ContainerType(latest=event) if isinstance(event, ContainerTypeRecorded) else state


container_type = Decider(
    name="container-type",
    commands=(RecordContainerType,),
    initial=ContainerType(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"container-type:{command.container_type}",
)
