"""Whom the portal knows: the firms with their domains, their customers, and the users of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.decider import Asker
from chassis.events import Meta
from chassis.views import View
from contracts.identity.customer import CustomerActivated, CustomerDeactivated, CustomerRecorded
from contracts.identity.invitation import InvitationWithdrawn, UserInvited, UserRegistered
from contracts.identity.password import PasswordChanged
from contracts.identity.tenant import TenantConfigured
from contracts.identity.user import LoggedOutEverywhere, ProfileChanged, RightsChanged, TourFinished, UserRemoved
from contracts.values import Address, Branding, Language, LegalText, Role
from pydantic import BaseModel

MAY: dict[Role, frozenset[str]] = {
    Role.administrator: frozenset({"order", "users"}),
    Role.orderer: frozenset({"order"}),
    Role.reader: frozenset(),
}


class TenantDoc(BaseModel):
    """What every page shows of the firm."""

    tenant: UUID
    name: str
    domains: tuple[str, ...]
    branding: Branding
    sender: str
    quote_address: str
    phone: str
    address: Address
    region: str
    map_tiles: str
    terms_version: str
    privacy_version: str
    claim: str = ""

    @property
    def email(self) -> str:
        return self.sender

    @property
    def primary(self) -> str:
        return self.branding.primary

    @property
    def logo(self) -> str:
        """Where the logo lies, or nothing."""
        logo = self.branding.logo
        return f"/look/logo/{logo.sha256[:16]}" if logo else ""


class LegalDoc(BaseModel):
    """The long texts, apart from what every page needs."""

    imprint: LegalText
    terms: LegalText
    privacy: LegalText


class CustomerDoc(BaseModel):
    customer: UUID
    number: str = ""
    name: str = ""
    address: Address | None = None
    phone: str = ""
    email: str = ""
    active: bool = False


class UserDoc(BaseModel):
    user: UUID
    customer: UUID
    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    language: Language = Language.german
    role: Role
    sites: tuple[UUID, ...] | None
    state: Literal["invited", "active", "withdrawn", "removed"]
    invitation: UUID | None = None
    invited_on: datetime | None = None
    expires: datetime | None = None
    registered_on: datetime | None = None
    terms: str = ""
    privacy: str = ""
    tour_done: bool = False
    sessions_from: datetime | None = None
    """Sessions that began before have ended."""
    version: int = 0
    """Of the user's stream at the latest invitation: an address may go from one customer to another, and what is said
    late of the first does not count."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class Me(BaseModel):
    """Who is logged in."""

    tenant: UUID
    user: UUID
    customer: UUID
    customer_name: str
    name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    language: Language
    role: Role
    sites: frozenset[UUID] | None
    """None: all sites of the customer."""
    tour_done: bool

    @property
    def may(self) -> frozenset[str]:
        """`order`: order and ask for quotes; `users`: invite and change users."""
        return MAY[self.role]

    @property
    def asker(self) -> Asker:
        return Asker(
            tenant=self.tenant,
            kind="user",
            name=self.name,
            user=self.user,
            customer=self.customer,
            role=self.role,
            sites=self.sites,
            email=self.email,
        )


def me(tenant: UUID, user: UserDoc, customer: CustomerDoc) -> Me:
    return Me(
        tenant=tenant,
        user=user.user,
        customer=user.customer,
        customer_name=customer.name,
        name=user.name,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        phone=user.phone,
        language=user.language,
        role=user.role,
        sites=None if user.sites is None else frozenset(user.sites),
        tour_done=user.tour_done,
    )


tenants = View("tenants", TenantDoc)
legal = View("legal", LegalDoc)
customers = View("customers", CustomerDoc, customer=lambda doc: doc.customer)
users = View(
    "users",
    UserDoc,
    customer=lambda doc: doc.customer,
    columns={
        "name": ("text", lambda doc: doc.name.lower()),
        "email": ("text", lambda doc: doc.email.lower()),
        "role": ("text", lambda doc: doc.role),
        "state": ("text", lambda doc: doc.state),
        "registered_on": ("timestamptz", lambda doc: doc.registered_on),
    },
    search=lambda doc: f"{doc.name} {doc.email} {doc.phone}",
)


@tenants.on(TenantConfigured, key=lambda event, meta: event.tenant)
def tenant_configured(doc: TenantDoc | None, event: TenantConfigured, meta: Meta) -> TenantDoc:
    kept = event.model_dump(exclude={"imprint", "terms", "privacy"})
    return TenantDoc(**kept, terms_version=event.terms.version, privacy_version=event.privacy.version)


@legal.on(TenantConfigured, key=lambda event, meta: event.tenant)
def texts_configured(doc: LegalDoc | None, event: TenantConfigured, meta: Meta) -> LegalDoc:
    return LegalDoc(imprint=event.imprint, terms=event.terms, privacy=event.privacy)


@customers.on(CustomerRecorded, key=lambda event, meta: event.customer)
def customer_recorded(doc: CustomerDoc | None, event: CustomerRecorded, meta: Meta) -> CustomerDoc:
    return CustomerDoc(**event.model_dump(), active=doc.active if doc else False)


@customers.on(CustomerActivated, key=lambda event, meta: event.customer)
def customer_activated(doc: CustomerDoc | None, event: CustomerActivated, meta: Meta) -> CustomerDoc:
    return (doc or CustomerDoc(customer=event.customer)).model_copy(update={"active": True})


@customers.on(CustomerDeactivated, key=lambda event, meta: event.customer)
def customer_deactivated(doc: CustomerDoc | None, event: CustomerDeactivated, meta: Meta) -> CustomerDoc:
    return (doc or CustomerDoc(customer=event.customer)).model_copy(update={"active": False})


@users.on(UserInvited, key=lambda event, meta: event.user)
def user_invited(doc: UserDoc | None, event: UserInvited, meta: Meta) -> UserDoc:
    if doc and meta.version < doc.version:
        return doc
    said = event.model_dump(exclude={"expires", "invitation"})
    return UserDoc(
        **said,
        version=meta.version,
        state="invited",
        invitation=event.invitation,
        invited_on=meta.time,
        expires=event.expires,
        sessions_from=meta.time,
    )


def _changed(doc: UserDoc | None, meta: Meta, **changes: Any) -> UserDoc | None:
    return doc and (doc if meta.version < doc.version else doc.model_copy(update=changes))


@users.on(InvitationWithdrawn, key=lambda event, meta: event.user)
def invitation_withdrawn(doc: UserDoc | None, event: InvitationWithdrawn, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, state="withdrawn")


@users.on(UserRegistered, key=lambda event, meta: event.user)
def user_registered(doc: UserDoc | None, event: UserRegistered, meta: Meta) -> UserDoc:
    if doc and meta.version < doc.version:
        return doc
    kept = doc.model_dump(include={"invitation", "invited_on", "sessions_from", "version"}) if doc else {}
    return UserDoc(**kept, **event.model_dump(), state="active", registered_on=meta.time)


@users.on(ProfileChanged, key=lambda event, meta: event.user)
def profile_changed(doc: UserDoc | None, event: ProfileChanged, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, **dict(event))


@users.on(RightsChanged, key=lambda event, meta: event.user)
def rights_changed(doc: UserDoc | None, event: RightsChanged, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, **dict(event))


@users.on(TourFinished, key=lambda event, meta: event.user)
def tour_finished(doc: UserDoc | None, event: TourFinished, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, tour_done=True)


@users.on(UserRemoved, key=lambda event, meta: event.user)
def user_removed(doc: UserDoc | None, event: UserRemoved, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, state="removed", sessions_from=meta.time)


@users.on(PasswordChanged, key=lambda event, meta: event.user)
def password_changed(doc: UserDoc | None, event: PasswordChanged, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, sessions_from=meta.time)


@users.on(LoggedOutEverywhere, key=lambda event, meta: event.user)
def logged_out_everywhere(doc: UserDoc | None, event: LoggedOutEverywhere, meta: Meta) -> UserDoc | None:
    return _changed(doc, meta, sessions_from=meta.time)
