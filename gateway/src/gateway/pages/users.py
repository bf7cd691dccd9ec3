"""The users of a company: its administrator invites colleagues, says what they may do and see, and takes it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.decider import NotFound
from contracts.identity.invitation import InviteUser, WithdrawInvitation
from contracts.identity.user import ChangeRights, RemoveUser, user_id
from contracts.values import Email, Role
from pydantic import BaseModel, Field

from gateway import session, who
from gateway.page import Ask, Column, Sent, Sheet, _, action, number_of, page, pages_of
from gateway.pages.site_view import SiteRow, sites
from gateway.who import UserDoc

PAGE = 25
SORTS = ("name", "email", "role", "state", "registered_on")
State = Literal["active", "invited", "expired", "withdrawn"]
STATES = {"active": _("Active"), "invited": _("Invited"), "expired": _("Expired"), "withdrawn": _("Withdrawn")}
ROLES = {Role.administrator: _("Administrator"), Role.orderer: _("Orderer"), Role.reader: _("Reader")}


class UserLine(BaseModel):
    user: UUID
    name: str
    email: str
    phone: str
    role: Role
    state: State
    sites: list[UUID] | None
    invited_on: datetime | None
    expires: datetime | None
    registered_on: datetime | None
    is_me: bool


class SiteChoice(BaseModel):
    site: UUID
    name: str
    city: str


class UsersPage(BaseModel):
    users: list[UserLine]
    total: int
    page: int
    pages: int
    filtered: bool


class UserPage(BaseModel):
    user: UserLine
    sites: list[SiteChoice]


class NewUserPage(BaseModel):
    sites: list[SiteChoice]


class RightsForm(BaseModel):
    """`sites` counts only if `scope` is "some"."""

    role: Role
    scope: Literal["all", "some"] = "all"
    sites: list[UUID] = []

    @property
    def chosen(self) -> tuple[UUID, ...] | None:
        return None if self.scope == "all" else tuple(dict.fromkeys(self.sites))


class InviteForm(RightsForm):
    email: Email = Field(description="where the invitation goes")


def line(ask: Ask, doc: UserDoc) -> UserLine:
    expired = doc.state == "invited" and doc.expires is not None and doc.expires < ask.now
    state: Any = "expired" if expired else doc.state
    kept = doc.model_dump(include=set(UserLine.model_fields) - {"state", "name", "is_me"})
    return UserLine(**kept, name=doc.name, state=state, is_me=doc.user == ask.me.user)


def scope(ask: Ask) -> dict[str, Any]:
    state = ask.query.get("state", "")
    return {
        "customer": ask.me.customer,
        "where": {"state": state or ["active", "invited", "withdrawn"], "role": ask.query.get("role", "")},
        "search": ask.query.get("q", ""),
        "sort": ask.query.get("sort") if ask.query.get("sort", "").removeprefix("-") in SORTS else "name",
    }


async def choices(ask: Ask) -> list[SiteChoice]:
    """The sites that an administrator may give: those that they see themselves."""
    found: list[SiteRow] = await ask.rows.all(
        sites, ask.tenant_id, customer=ask.me.customer, sites=ask.me.sites, where={"active": "yes"}, sort="name"
    )
    return [SiteChoice(site=one.site, name=one.name, city=one.address.city) for one in found]


async def colleague(ask: Ask, user: UUID) -> UserDoc:
    """NotFound for somebody of another company, and for nobody."""
    doc = await ask.rows.get(who.users, ask.tenant_id, user)
    if doc is None or doc.customer != ask.me.customer or doc.state == "removed":
        raise NotFound()
    return doc


async def spreadsheet(ask: Ask) -> Sheet:
    rows = await ask.rows.all(who.users, ask.tenant_id, **scope(ask))
    lines = [line(ask, doc) for doc in rows]
    columns = [
        Column(_("Name"), width=28),
        Column(_("E-mail address"), width=32),
        Column(_("Phone")),
        Column(_("Role")),
        Column(_("Status")),
        Column(_("Registered on"), "day"),
    ]
    return Sheet(
        _("Users"),
        columns,
        [
            (one.name, one.email, one.phone, ask.say(ROLES[one.role]), ask.say(STATES[one.state]), one.registered_on)
            for one in lines
        ],
    )


@page("/users", template="pages/users.html", needs="administrator", sheet=spreadsheet)
async def users(ask: Ask) -> UsersPage:
    number = number_of(ask.query)
    found = await ask.rows.page(who.users, ask.tenant_id, **scope(ask), limit=PAGE, offset=(number - 1) * PAGE)
    return UsersPage(
        users=[line(ask, doc) for doc in found.items],
        total=found.total,
        page=number,
        pages=pages_of(found.total, PAGE),
        filtered=any(ask.query.get(name) for name in ("q", "state", "role")),
    )


@page("/users/new", template="pages/user_new.html", needs="administrator")
async def new_user(ask: Ask) -> NewUserPage:
    return NewUserPage(sites=await choices(ask))


@action("/users/new", back="/users/new", needs="administrator")
async def invite(ask: Ask, form: InviteForm) -> Sent:
    """The mail with the link follows."""
    user = user_id(ask.tenant_id, form.email)
    asked = InviteUser(user=user, customer=ask.me.customer, email=form.email.strip(), role=form.role, sites=form.chosen)
    await ask.command(asked)
    return Sent(to="/users", flash=ask.say(_("The invitation to %(email)s is on its way."), email=form.email))


@page("/users/{user:uuid}", template="pages/user.html", needs="administrator")
async def one_user(ask: Ask, user: UUID) -> UserPage:
    return UserPage(user=line(ask, await colleague(ask, user)), sites=await choices(ask))


@action("/users/{user:uuid}/rights", back="/users/{user}", needs="administrator")
async def change_rights(ask: Ask, user: UUID, form: RightsForm) -> Sent:
    await colleague(ask, user)
    await ask.command(ChangeRights(user=user, customer=ask.me.customer, role=form.role, sites=form.chosen))
    return Sent(to=f"/users/{user}" if user != ask.me.user else "/", flash=_("The rights are saved."))


@action("/users/{user:uuid}/resend", back="/users/{user}", needs="administrator")
async def resend(ask: Ask, user: UUID) -> Sent:
    """A new invitation with a new link; the old link no longer works."""
    doc = await colleague(ask, user)
    asked = InviteUser(user=user, customer=doc.customer, email=doc.email, role=doc.role, sites=doc.sites)
    await ask.command(asked)
    return Sent(to="/users", flash=ask.say(_("The invitation to %(email)s is on its way."), email=doc.email))


@action("/users/{user:uuid}/withdraw", back="/users/{user}", needs="administrator")
async def withdraw(ask: Ask, user: UUID) -> Sent:
    await colleague(ask, user)
    await ask.command(WithdrawInvitation(user=user, customer=ask.me.customer))
    return Sent(to="/users", flash=_("The invitation is withdrawn; its link no longer works."))


@action("/users/{user:uuid}/remove", back="/users/{user}", needs="administrator")
async def remove(ask: Ask, user: UUID) -> Sent:
    """All sessions of the user end at once."""
    doc = await colleague(ask, user)
    await ask.command(RemoveUser(user=user, customer=ask.me.customer))
    await session.end_all(ask, user)
    return Sent(to="/users", flash=ask.say(_("%(name)s can no longer log in."), name=doc.name))
