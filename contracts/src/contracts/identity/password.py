"""A password is forgotten, set anew or changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Email


class RequestPasswordReset(Command):
    """Asks for a link to set a new password. Answered alike whether or not the address is known."""

    user: UUID = Field(description="derived from the address, see `user_id`")
    email: Email


class PasswordResetRequested(Event):
    """A user forgot the password; the mail with the link follows."""

    user: UUID
    customer: UUID
    email: Email
    reset: UUID
    expires: datetime


class ResetPassword(Command):
    """Sets a new password by the link of the mail."""

    user: UUID
    reset: UUID
    token: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=200, repr=False)]


class ChangePassword(Command):
    """Sets a new password, knowing the old one."""

    user: UUID
    old: Annotated[str, Field(max_length=200, repr=False)]
    password: Annotated[str, Field(max_length=200, repr=False)]


class PasswordChanged(Event):
    """A user's password was changed; all other sessions end."""

    user: UUID
    customer: UUID
    email: Email
