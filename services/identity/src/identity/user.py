"""A user of a customer: invited, registered, with rights, and gone again one day."""

from __future__ import annotations

from chassis.decider import Asked, Decider, NotFound
from contracts.base import Command, Event
from contracts.identity.invitation import InviteUser, RegisterUser, WithdrawInvitation
from contracts.identity.password import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.identity.user import (
    ChangeProfile,
    ChangeRights,
    FinishTour,
    LoggedOutEverywhere,
    LogOutEverywhere,
    ProfileChanged,
    RemoveUser,
    TourFinished,
)

from identity import invitation, password, rights
from identity.account import Account, evolve
from identity.standing import only_oneself, own_data


def decide(command: Command, state: Account, asked: Asked) -> list[Event]:
    match command:
        case InviteUser():
            return invitation.invite(command, state, asked)
        case WithdrawInvitation():
            return invitation.withdraw(command, state, asked)
        case RegisterUser():
            return invitation.register(command, state, asked)
        case ChangeRights():
            return rights.change_rights(command, state, asked)
        case RemoveUser():
            return rights.remove(command, state, asked)
        case RequestPasswordReset():
            return password.request_reset(command, state, asked)
        case ResetPassword():
            return password.reset(command, state, asked)
        case ChangePassword():
            return password.change(command, state, asked)
        case ChangeProfile() | FinishTour() | LogOutEverywhere():
            return about_oneself(command, state, asked)
        case _:
            raise NotFound


def about_oneself(command: ChangeProfile | FinishTour | LogOutEverywhere, state: Account, asked: Asked) -> list[Event]:
    only_oneself(command.user, state, asked)
    assert state.customer is not None
    match command:
        case FinishTour():
            return [] if state.tour_done else [TourFinished(user=command.user, customer=state.customer)]
        case LogOutEverywhere():
            return [LoggedOutEverywhere(user=command.user, customer=state.customer)]
        case ChangeProfile():
            own_data(command)
            changed = ProfileChanged(customer=state.customer, **dict(command))
            return [] if evolve(state, changed) == state else [changed]


user = Decider(
    name="user",
    commands=(
        InviteUser,
        WithdrawInvitation,
        RegisterUser,
        ChangeProfile,
        FinishTour,
        ChangeRights,
        RemoveUser,
        RequestPasswordReset,
        ResetPassword,
        ChangePassword,
        LogOutEverywhere,
    ),
    initial=Account(),
    decide=decide,
    evolve=evolve,
    stream=lambda command: f"user:{command.user}",
)
