"""Every place where a customer's containers stand is known by name, address and position."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.decider import Asked, Decider, NotAllowed
from contracts.base import Event
from contracts.identity.site import RecordSite, SiteRecorded


@dataclass(frozen=True)
class Site:
    """The site as the ERP last reported it."""

    latest: SiteRecorded | None = None


def decide(command: RecordSite, state: Site, asked: Asked) -> list[Event]:
    if not asked.who.trusted:
        raise NotAllowed("Sites are kept by the firm only.")
    recorded = SiteRecorded(**dict(command))
    return [] if recorded == state.latest else [recorded]


def evolve(state: Site, event: Event) -> Site:
    return Site(latest=event) if isinstance(event, SiteRecorded) else state


site = Decider(
    name="site",
    commands=(RecordSite,),
    initial=Site(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"site:{command.site}",
)
