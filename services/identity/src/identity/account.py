"""What is known of a user, from the first invitation to the last change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.base import Event
from contracts.identity.invitation import InvitationWithdrawn, UserInvited, UserRegistered
from contracts.identity.password import PasswordChanged, PasswordResetRequested
from contracts.identity.user import ProfileChanged, RightsChanged, TourFinished, UserRemoved
from contracts.values import Language, Role


class Status(StrEnum):
    unknown = "unknown"
    invited = "invited"
    withdrawn = "withdrawn"
    registered = "registered"
    removed = "removed"


@dataclass(frozen=True)
class Account:
    """One address of a tenant. `invitation` and `reset` are the latest ones; `reset` is none once it is used."""

    status: Status = Status.unknown
    customer: UUID | None = None
    email: str = ""
    role: Role = Role.reader
    sites: tuple[UUID, ...] | None = None
    invitation: UUID | None = None
    invitation_expires: datetime | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    language: Language = Language.german
    tour_done: bool = False
    reset: UUID | None = None
    reset_expires: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def invitation_open(self, now: datetime) -> bool:
        return self.status is Status.invited and self.invitation_expires is not None and now < self.invitation_expires

    def reset_open(self, now: datetime) -> bool:
        return self.reset is not None and self.reset_expires is not None and now < self.reset_expires


def evolve(state: Account, event: Event) -> Account:
    match event:
        case UserInvited():
            return Account(
                status=Status.invited,
                customer=event.customer,
                email=event.email,
                role=event.role,
                sites=event.sites,
                invitation=event.invitation,
                invitation_expires=event.expires,
            )
        case InvitationWithdrawn():
            return replace(state, status=Status.withdrawn)
        case UserRegistered():
            return replace(
                state,
                status=Status.registered,
                email=event.email,
                first_name=event.first_name,
                last_name=event.last_name,
                phone=event.phone,
                language=event.language,
                role=event.role,
                sites=event.sites,
            )
        case ProfileChanged():
            return replace(
                state,
                first_name=event.first_name,
                last_name=event.last_name,
                phone=event.phone,
                language=event.language,
            )
        case RightsChanged():
            return replace(state, role=event.role, sites=event.sites)
        case TourFinished():
            return replace(state, tour_done=True)
        case UserRemoved():
            return replace(state, status=Status.removed, reset=None)
        case PasswordResetRequested():
            return replace(state, reset=event.reset, reset_expires=event.expires)
        case PasswordChanged():
            return replace(state, reset=None)
        case _:
            return state
