"""A firm opens its portal: its name, its look, its addresses and the terms that its users accept."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.decider import Asked, Decider, NotAllowed, NotFound
from contracts.base import Event
from contracts.identity.tenant import ConfigureTenant, TenantConfigured


@dataclass(frozen=True)
class Tenant:
    """The firm as it was last configured."""

    latest: TenantConfigured | None = None


def decide(command: ConfigureTenant, state: Tenant, asked: Asked) -> list[Event]:
    if asked.who.kind != "operator":
        raise NotAllowed("Only the operator of the portal may change the settings of a firm.")
    if asked.who.tenant != command.tenant:
        raise NotFound
    configured = TenantConfigured(**dict(command))
    return [] if configured == state.latest else [configured]


def evolve(state: Tenant, event: Event) -> Tenant:
    return Tenant(latest=event) if isinstance(event, TenantConfigured) else state


tenant = Decider(
    name="tenant",
    commands=(ConfigureTenant,),
    initial=Tenant(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"tenant:{command.tenant}",
)
