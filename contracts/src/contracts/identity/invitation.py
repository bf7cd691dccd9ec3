"""Somebody is invited to the portal of a customer, and registers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Email, Language, Role, Text


class InviteUser(Command):
    """Invites somebody to a customer's portal, or invites again who has not registered yet."""

    user: UUID = Field(description="derived from the address, see `user_id`")
    customer: UUID
    email: Email
    role: Role
    sites: tuple[UUID, ...] | None = Field(default=None, description="none: all sites of the customer")


class UserInvited(Event):
    """Somebody was invited; the mail with the link follows."""

    user: UUID
    customer: UUID
    email: Email
    role: Role
    sites: tuple[UUID, ...] | None
    invitation: UUID
    expires: datetime


class InvitationFailed(Event):
    """The first user could not be invited as the ERP asked; the reason says what has to be put right there."""

    user: UUID
    customer: UUID
    email: str
    reason: Text


class WithdrawInvitation(Command):
    """Takes an invitation back before it is used."""

    user: UUID
    customer: UUID


class InvitationWithdrawn(Event):
    """An invitation was taken back; its link no longer works."""

    user: UUID
    customer: UUID
    invitation: UUID


class RegisterUser(Command):
    """Registers an invited user: personal data, consents, password (kept as a hash beside the log)."""

    user: UUID
    invitation: UUID
    token: Annotated[str, Field(max_length=200)]
    first_name: Text
    last_name: Text
    phone: Annotated[str, Field(max_length=40)] = ""
    language: Language = Language.german
    terms: Text = Field(description="accepted version of the terms")
    privacy: Text = Field(description="accepted version of the privacy policy")
    password: Annotated[str, Field(max_length=200, repr=False)]


class UserRegistered(Event):
    """An invited user registered and accepted terms and privacy policy in the named versions."""

    user: UUID
    customer: UUID
    email: Email
    first_name: Text
    last_name: Text
    phone: str
    language: Language
    role: Role
    sites: tuple[UUID, ...] | None
    terms: Text
    privacy: Text
