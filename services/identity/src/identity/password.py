"""Who forgot the password gets a link that works once; who knows it may change it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid5

from chassis.decider import Asked, Invalid, NotFound, Refused
from contracts.base import Event
from contracts.identity.password import (
    ChangePassword,
    PasswordChanged,
    PasswordResetRequested,
    RequestPasswordReset,
    ResetPassword,
)
from contracts.identity.user import user_id

from identity.account import Account, Status
from identity.password_rules import accept
from identity.standing import only_oneself

VALID_FOR = timedelta(hours=2)
BETWEEN_MAILS = timedelta(minutes=2)
"""Whoever asks again sooner gets no second mail: nobody can flood somebody else's mailbox."""


def request_reset(command: RequestPasswordReset, state: Account, asked: Asked) -> list[Event]:
    if command.user != user_id(asked.who.tenant, command.email) or state.status is not Status.registered:
        return []
    assert state.customer is not None
    customer = asked.fact("customers", state.customer)
    if customer is None or not customer.active:
        return []
    if (
        state.reset_open(asked.now)
        and state.reset_expires
        and asked.now < state.reset_expires - VALID_FOR + BETWEEN_MAILS
    ):
        return []
    return [
        PasswordResetRequested(
            user=command.user,
            customer=state.customer,
            email=state.email,
            reset=uuid5(command.user, f"reset {asked.now.isoformat()}"),
            expires=asked.now + VALID_FOR,
        )
    ]


def reset(command: ResetPassword, state: Account, asked: Asked) -> list[Event]:
    if not asked.fact("link", command.reset):
        raise NotFound("This link is not valid. Please use the link of the latest mail.")
    if state.status is not Status.registered or state.reset != command.reset or not state.reset_open(asked.now):
        raise Refused("This link has been used already or has expired. Please ask for a new one.")
    return [changed(command, state, asked)]


def change(command: ChangePassword, state: Account, asked: Asked) -> list[Event]:
    only_oneself(command.user, state, asked)
    if not asked.fact("password", "old"):
        raise Invalid("The old password is not right.", field="old")
    return [changed(command, state, asked)]


def changed(command: ResetPassword | ChangePassword, state: Account, asked: Asked) -> PasswordChanged:
    assert state.customer is not None
    customer, tenant = asked.fact("customers", state.customer), asked.fact("tenants", asked.who.tenant)
    firms = [customer.latest.name if customer and customer.latest else "", tenant.name if tenant else ""]
    accept(command.password, [state.email, state.first_name, state.last_name, *firms])
    return PasswordChanged(user=command.user, customer=state.customer, email=state.email)
