"""What quotes knows of the other rooms: firms, customers, sites and users, and its own conversations."""

from __future__ import annotations

from uuid import UUID

from chassis.events import Meta
from chassis.views import View
from contracts.identity.customer import CustomerRecorded
from contracts.identity.invitation import UserRegistered
from contracts.identity.site import SiteRecorded
from contracts.identity.tenant import TenantConfigured
from contracts.identity.user import ProfileChanged, UserRemoved
from contracts.quotes import QuoteRequested
from contracts.values import Address
from pydantic import BaseModel


class TenantFacts(BaseModel):
    name: str
    quote_address: str
    sender: str
    phone: str


class CustomerFacts(BaseModel):
    number: str
    name: str
    address: Address
    phone: str


class SiteFacts(BaseModel):
    """`version` of the site's stream: it may go to another customer as well."""

    version: int = 0
    customer: UUID
    number: str
    name: str
    address: Address
    active: bool


class UserFacts(BaseModel):
    """`version` of the user's stream at the registration: an address may go from one customer to another, and what is
    said late of the first does not count."""

    version: int = 0
    name: str
    email: str
    phone: str


class Conversation(BaseModel):
    """How a conversation began; its later mails repeat it."""

    request: QuoteRequested


tenants = View("tenants", TenantFacts)
customers = View("customers", CustomerFacts)
sites = View("sites", SiteFacts, customer=lambda doc: doc.customer)
users = View("users", UserFacts)
conversations = View("conversations", Conversation, customer=lambda doc: doc.request.customer)


@tenants.on(TenantConfigured, key=lambda event, meta: event.tenant)
def tenant_configured(doc: TenantFacts | None, event: TenantConfigured, meta: Meta) -> TenantFacts:
    return TenantFacts(name=event.name, quote_address=event.quote_address, sender=event.sender, phone=event.phone)


@customers.on(CustomerRecorded, key=lambda event, meta: event.customer)
def customer_recorded(doc: CustomerFacts | None, event: CustomerRecorded, meta: Meta) -> CustomerFacts:
    return CustomerFacts(number=event.number, name=event.name, address=event.address, phone=event.phone)


@sites.on(SiteRecorded, key=lambda event, meta: event.site)
def site_recorded(doc: SiteFacts | None, event: SiteRecorded, meta: Meta) -> SiteFacts:
    if doc and meta.version < doc.version:
        return doc
    return SiteFacts(
        version=meta.version,
        customer=event.customer,
        number=event.number,
        name=event.name,
        address=event.address,
        active=event.active,
    )


@users.on(UserRegistered, key=lambda event, meta: event.user)
def user_registered(doc: UserFacts | None, event: UserRegistered, meta: Meta) -> UserFacts:
    if doc and meta.version < doc.version:
        return doc
    name = f"{event.first_name} {event.last_name}"
    return UserFacts(version=meta.version, name=name, email=event.email, phone=event.phone)


@users.on(ProfileChanged, key=lambda event, meta: event.user)
def profile_changed(doc: UserFacts | None, event: ProfileChanged, meta: Meta) -> UserFacts | None:
    if doc is None or meta.version < doc.version:
        return doc
    return doc.model_copy(update={"name": f"{event.first_name} {event.last_name}", "phone": event.phone})


@users.on(UserRemoved, key=lambda event, meta: event.user)
def user_removed(doc: UserFacts | None, event: UserRemoved, meta: Meta) -> UserFacts | None:
    return doc if doc and meta.version < doc.version else None


@conversations.on(QuoteRequested, key=lambda event, meta: event.quote)
def quote_requested(doc: Conversation | None, event: QuoteRequested, meta: Meta) -> Conversation:
    return Conversation(request=event)
