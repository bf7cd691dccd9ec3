"""Who may come in: tenants, customers, their sites and users."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from unicodedata import normalize
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import (
    Address,
    Branding,
    Coordinates,
    Email,
    Language,
    LegalText,
    Number,
    Role,
    Text,
    derived_id,
)

Domain = Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")]


# -- the tenant ------------------------------------------------------------------------------------------------


class ConfigureTenant(Command):
    """Sets up a firm or changes its settings; only the operator may ask it."""

    tenant: UUID
    name: Text
    domains: tuple[Domain, ...] = Field(min_length=1)
    branding: Branding = Branding()
    sender: Email
    quote_address: Email
    phone: str = ""
    address: Address
    region: Annotated[str, Field(pattern="^[A-Z]{2}$", description="German state, for its holidays")] = "NW"
    imprint: LegalText
    terms: LegalText
    privacy: LegalText
    map_tiles: str = Field(default="", description="URL template of a tile server; empty: a map without tiles")


class TenantConfigured(Event):
    """A firm opened its portal or changed its settings, its look or its terms."""

    tenant: UUID
    name: str
    domains: tuple[str, ...]
    branding: Branding
    sender: Email
    quote_address: Email
    phone: str
    address: Address
    region: str
    imprint: LegalText
    terms: LegalText
    privacy: LegalText
    map_tiles: str


# -- the customer ----------------------------------------------------------------------------------------------


class RecordCustomer(Command):
    """Takes over a customer's base data from the ERP."""

    customer: UUID
    number: Number
    name: Text
    address: Address
    phone: str = ""
    email: str = ""


class CustomerRecorded(Event):
    """A customer's base data came from the ERP, new or changed."""

    customer: UUID
    number: Number
    name: Text
    address: Address
    phone: str
    email: str


class RecordSite(Command):
    """Takes over a site from the ERP."""

    customer: UUID
    site: UUID
    number: Number
    name: Text
    address: Address
    coordinates: Coordinates | None = None
    active: bool = True


class SiteRecorded(Event):
    """A place of a customer where containers stand or are delivered, new or changed."""

    customer: UUID
    site: UUID
    number: Number
    name: Text
    address: Address
    coordinates: Coordinates | None
    active: bool


class ActivateCustomer(Command):
    """Opens the portal for a customer, with the first user's address."""

    customer: UUID
    email: Email


class CustomerActivated(Event):
    """The ERP switched the portal on for a customer and named its first user."""

    customer: UUID
    email: Email


class DeactivateCustomer(Command):
    """Closes the portal for a customer."""

    customer: UUID


class CustomerDeactivated(Event):
    """The portal was switched off for a customer; its users can no longer log in."""

    customer: UUID


class NoteTransfer(Command):
    """Notes that one room has taken over everything of the first load."""

    customer: UUID
    part: Annotated[str, Field(pattern="^(base|orders|invoices)$")]


class TransferFinished(Event):
    """Base data, containers, orders and invoices of a customer have all arrived: its first user can be invited."""

    customer: UUID
    email: Email


class RenewFirstInvitation(Command):
    """Invites the first user again, as the ERP asks."""

    customer: UUID


class FirstInvitationRenewed(Event):
    """The firm asked to invite a customer's first user again."""

    customer: UUID
    email: Email


class RevokeFirstInvitation(Command):
    """Takes the first user's invitation back, as the ERP asks."""

    customer: UUID


class FirstInvitationRevoked(Event):
    """The firm took the invitation of a customer's first user back."""

    customer: UUID
    email: Email


# -- users -----------------------------------------------------------------------------------------------------


def user_id(tenant: UUID, email: str) -> UUID:
    """The id of the user with this address: one address is one user of a tenant, however it is spelled."""
    local, at, domain = normalize("NFC", email.strip().lower()).rpartition("@")
    # A browser sends a domain with umlauts as xn--…, an ERP as it is written.
    labels = (one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in domain.split("."))
    return derived_id(tenant, "user", local + at + ".".join(labels))


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


class LogOutEverywhere(Command):
    """Ends all sessions of a user."""

    user: UUID


class LoggedOutEverywhere(Event):
    """A user ended all sessions."""

    user: UUID
    customer: UUID
