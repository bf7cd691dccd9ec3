"""Who comes in: profile, rights, and the end of an access."""

from __future__ import annotations

from typing import Annotated
from unicodedata import normalize
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Language, Role, Text, derived_id


def user_id(tenant: UUID, email: str) -> UUID:
    """The id of the user with this address: one address is one user of a tenant, however it is spelled."""
    local, at, domain = normalize("NFC", email.strip().lower()).rpartition("@")
    # A browser sends a domain with umlauts as xn--…, an ERP as it is written.
    labels = (one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in domain.split("."))
    return derived_id(tenant, "user", local + at + ".".join(labels))


class ChangeProfile(Command):
    """Changes one's own name, phone and language."""

    user: UUID
    first_name: Text
    last_name: Text
    phone: Annotated[str, Field(max_length=40)] = ""
    language: Language


class ProfileChanged(Event):
    """A user changed name, phone or language."""

    user: UUID
    customer: UUID
    first_name: Text
    last_name: Text
    phone: str
    language: Language


class FinishTour(Command):
    """Notes that the introduction was seen or skipped."""

    user: UUID


class TourFinished(Event):
    """A user has seen or skipped the introduction."""

    user: UUID
    customer: UUID


class ChangeRights(Command):
    """Gives a user of one's customer another role or other sites."""

    user: UUID
    customer: UUID
    role: Role
    sites: tuple[UUID, ...] | None = None


class RightsChanged(Event):
    """A user's role or sites were changed by an administrator of the customer."""

    user: UUID
    customer: UUID
    role: Role
    sites: tuple[UUID, ...] | None


class RemoveUser(Command):
    """Takes a user's access away."""

    user: UUID
    customer: UUID


class UserRemoved(Event):
    """A user's access was taken away."""

    user: UUID
    customer: UUID


class LogOutEverywhere(Command):
    """Ends all sessions of a user."""

    user: UUID


class LoggedOutEverywhere(Event):
    """A user ended all sessions."""

    user: UUID
    customer: UUID
