"""Administrators decide what colleagues may do and see; one administrator always remains."""

from __future__ import annotations

from chassis.decider import Asked, NotFound, Refused
from contracts.base import Event
from contracts.identity.invitation import InvitationWithdrawn
from contracts.identity.user import ChangeRights, RemoveUser, RightsChanged, UserRemoved
from contracts.values import Role

from identity.account import Account, Status
from identity.standing import only_administrators, sites_to_give

LAST_ONE = "Your firm needs at least one administrator. Please make somebody else administrator first."


def change_rights(command: ChangeRights, state: Account, asked: Asked) -> list[Event]:
    only_administrators(asked.who, command.customer)
    if state.customer != command.customer or state.status not in (Status.invited, Status.registered):
        raise NotFound
    if (command.role, command.sites) == (state.role, state.sites):
        return []
    if command.sites != state.sites:
        sites_to_give(command.sites, command.customer, asked)
    if command.role is not Role.administrator:
        somebody_else_administers(command, state, asked)
    return [RightsChanged(user=command.user, customer=command.customer, role=command.role, sites=command.sites)]


def remove(command: RemoveUser, state: Account, asked: Asked) -> list[Event]:
    only_administrators(asked.who, command.customer)
    if state.customer != command.customer:
        raise NotFound
    match state.status:
        case Status.registered:
            somebody_else_administers(command, state, asked)
            return [UserRemoved(user=command.user, customer=command.customer)]
        case Status.invited:
            assert state.invitation is not None
            return [InvitationWithdrawn(user=command.user, customer=command.customer, invitation=state.invitation)]
        case _:
            return []


def somebody_else_administers(command: ChangeRights | RemoveUser, state: Account, asked: Asked) -> None:
    """The firm itself may take even the last one away: the customer is still its customer."""
    if asked.who.trusted or state.status is not Status.registered or state.role is not Role.administrator:
        return
    if not (asked.fact("administrators", command.customer) or frozenset()) - {command.user}:
        raise Refused(LAST_ONE)
