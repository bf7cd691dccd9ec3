"""A customer of a firm: base data, the portal opened and closed, the first load and the first invitation."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Command, Event
from contracts.values import Address, Email, Number, Text


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
