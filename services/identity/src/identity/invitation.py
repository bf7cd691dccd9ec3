"""Somebody is invited, again if need be, registers once with the link of the mail, and accepts the firm's terms."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn
from uuid import uuid5

from chassis.decider import Asked, Invalid, NotFound, Refused
from contracts.base import Event
from contracts.identity.invitation import (
    InvitationFailed,
    InvitationWithdrawn,
    InviteUser,
    RegisterUser,
    UserInvited,
    UserRegistered,
    WithdrawInvitation,
)
from contracts.identity.user import user_id

from identity.account import Account, Status
from identity.address import checked
from identity.password_rules import accept
from identity.standing import only_administrators, own_data, sites_to_give

VALID_FOR = timedelta(days=14)

NO_ADDRESS = "%(email)s is not a valid e-mail address."
TAKEN = "%(email)s already belongs to the portal of another customer."


def invite(command: InviteUser, state: Account, asked: Asked) -> list[Event]:
    only_administrators(asked.who, command.customer)
    address = checked(command.email)
    if command.user != user_id(asked.who.tenant, command.email):
        raise Invalid("The user does not belong to this e-mail address.", field="email", email=command.email)
    # What another room reports has happened already: it is not refused, at most it leads to nothing.
    reported = asked.who.kind == "room"
    if address is None:
        return failed(command, reported, NO_ADDRESS)
    if not reported:
        only_while_open(command, asked)
        sites_to_give(command.sites, command.customer, asked)
    elsewhere = state.customer != command.customer
    match state.status:
        case Status.registered if elsewhere:
            return failed(command, reported, TAKEN)
        case Status.invited if elsewhere and state.invitation_open(asked.now):
            return failed(command, reported, TAKEN)
        case Status.registered if reported:
            return []
        case Status.registered:
            raise Refused("%(email)s is registered already.", email=command.email)
        case _:
            return [invited(command, address, asked)]


def invited(command: InviteUser, address: str, asked: Asked) -> UserInvited:
    return UserInvited(
        user=command.user,
        customer=command.customer,
        email=address,
        role=command.role,
        sites=command.sites,
        invitation=uuid5(command.user, f"invitation {asked.now.isoformat()}"),
        expires=asked.now + VALID_FOR,
    )


def failed(command: InviteUser, reported: bool, reason: str) -> list[Event]:
    if not reported:
        raise Invalid(reason, field="email", email=command.email)
    said = reason % {"email": command.email}
    return [InvitationFailed(user=command.user, customer=command.customer, email=command.email, reason=said[:200])]


def only_while_open(command: InviteUser, asked: Asked) -> None:
    customer = asked.fact("customers", command.customer)
    if customer is None or customer.latest is None:
        raise NotFound
    if not customer.active:
        raise Refused("The portal is closed for your firm.")


def withdraw(command: WithdrawInvitation, state: Account, asked: Asked) -> list[Event]:
    only_administrators(asked.who, command.customer)
    reported = asked.who.kind == "room"
    if state.customer != command.customer:
        if reported:
            return []
        raise NotFound
    match state.status:
        case Status.invited:
            assert state.invitation is not None
            return [InvitationWithdrawn(user=command.user, customer=command.customer, invitation=state.invitation)]
        case Status.registered if not reported:
            raise Refused("%(email)s is registered already.", email=state.email)
        case _:
            return []


def register(command: RegisterUser, state: Account, asked: Asked) -> list[Event]:
    if not asked.fact("link", command.invitation):
        raise NotFound("This link is not valid. Please use the link of the latest mail.")
    if state.status is not Status.invited or state.invitation != command.invitation:
        no_longer_open(command, state)
    if not state.invitation_open(asked.now):
        raise Refused("This invitation has expired. Please ask for a new one.")
    assert state.customer is not None
    customer, tenant = asked.fact("customers", state.customer), asked.fact("tenants", asked.who.tenant)
    if customer is None or not customer.active or tenant is None:
        raise Refused("The portal is closed for your firm.")
    if command.terms != tenant.terms.version:
        raise Invalid("The terms have changed. Please read them and accept them again.", field="terms")
    if command.privacy != tenant.privacy.version:
        raise Invalid("The privacy policy has changed. Please read it and accept it again.", field="privacy")
    own_data(command)
    own = [state.email, command.first_name, command.last_name, tenant.name]
    accept(command.password, [*own, customer.latest.name if customer.latest else ""])
    return [
        UserRegistered(
            user=command.user,
            customer=state.customer,
            email=state.email,
            first_name=command.first_name,
            last_name=command.last_name,
            phone=command.phone,
            language=command.language,
            role=state.role,
            sites=state.sites,
            terms=command.terms,
            privacy=command.privacy,
        )
    ]


def no_longer_open(command: RegisterUser, state: Account) -> NoReturn:
    match state.status:
        case Status.registered:
            raise Refused("You are registered already. Please log in.")
        case Status.invited:
            raise Refused("There is a newer invitation. Please use the link of the latest mail.")
        case Status.withdrawn | Status.removed:
            raise Refused("This invitation was taken back.")
        case Status.unknown:
            raise NotFound("This link is not valid. Please use the link of the latest mail.")
