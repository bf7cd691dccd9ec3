"""The firm's ERP opens the portal for a customer; when everything has arrived, the first user is invited."""

from __future__ import annotations

from chassis.events import Meta
from chassis.room import Reactions
from contracts.base import Command
from contracts.billing import InvoicesLoaded
from contracts.erp import (
    CustomerReported,
    InvitationResent,
    InvitationRevoked,
    PortalSwitchedOff,
    PortalSwitchedOn,
    SiteReported,
    TransferCompleted,
)
from contracts.identity.customer import (
    ActivateCustomer,
    DeactivateCustomer,
    FirstInvitationRenewed,
    FirstInvitationRevoked,
    NoteTransfer,
    RecordCustomer,
    RenewFirstInvitation,
    RevokeFirstInvitation,
    TransferFinished,
)
from contracts.identity.invitation import InviteUser, WithdrawInvitation
from contracts.identity.site import RecordSite
from contracts.identity.user import user_id
from contracts.orders import OrdersLoaded
from contracts.values import Role

reactions = Reactions()


@reactions.on(CustomerReported)
def customer_reported(event: CustomerReported, meta: Meta) -> list[Command]:
    return [RecordCustomer(**dict(event))]


@reactions.on(SiteReported)
def site_reported(event: SiteReported, meta: Meta) -> list[Command]:
    return [RecordSite(**dict(event))]


@reactions.on(PortalSwitchedOn)
def portal_switched_on(event: PortalSwitchedOn, meta: Meta) -> list[Command]:
    return [ActivateCustomer(customer=event.customer, email=event.email)]


@reactions.on(PortalSwitchedOff)
def portal_switched_off(event: PortalSwitchedOff, meta: Meta) -> list[Command]:
    return [DeactivateCustomer(customer=event.customer)]


@reactions.on(TransferCompleted)
def transfer_completed(event: TransferCompleted, meta: Meta) -> list[Command]:
    # Customer and sites came before it, in order: they are recorded by now.
    return [NoteTransfer(customer=event.customer, part="base")]


@reactions.on(OrdersLoaded)
def orders_loaded(event: OrdersLoaded, meta: Meta) -> list[Command]:
    return [NoteTransfer(customer=event.customer, part="orders")]


@reactions.on(InvoicesLoaded)
def invoices_loaded(event: InvoicesLoaded, meta: Meta) -> list[Command]:
    return [NoteTransfer(customer=event.customer, part="invoices")]


@reactions.on(InvitationResent)
def invitation_resent(event: InvitationResent, meta: Meta) -> list[Command]:
    return [RenewFirstInvitation(customer=event.customer)]


@reactions.on(InvitationRevoked)
def invitation_revoked(event: InvitationRevoked, meta: Meta) -> list[Command]:
    return [RevokeFirstInvitation(customer=event.customer)]


@reactions.on(TransferFinished)
def transfer_finished(event: TransferFinished, meta: Meta) -> list[Command]:
    return invite_first(event, meta)


@reactions.on(FirstInvitationRenewed)
def first_invitation_renewed(event: FirstInvitationRenewed, meta: Meta) -> list[Command]:
    return invite_first(event, meta)


@reactions.on(FirstInvitationRevoked)
def first_invitation_revoked(event: FirstInvitationRevoked, meta: Meta) -> list[Command]:
    return [WithdrawInvitation(user=user_id(meta.tenant, event.email), customer=event.customer)]


def invite_first(event: TransferFinished | FirstInvitationRenewed, meta: Meta) -> list[Command]:
    return [
        InviteUser(
            user=user_id(meta.tenant, event.email),
            customer=event.customer,
            email=event.email,
            role=Role.administrator,
        )
    ]
