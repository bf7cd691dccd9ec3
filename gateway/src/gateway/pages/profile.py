"""One's own data: name, phone, language and password."""

from __future__ import annotations

from contracts.identity.password import ChangePassword
from contracts.identity.user import ChangeProfile
from contracts.values import Language, Role
from pydantic import BaseModel, Field

from gateway import limits, session
from gateway.page import Ask, Sent, _, action, page
from gateway.pages.site_view import sites


class ProfilePage(BaseModel):
    """Who is logged in."""

    name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    language: Language
    role: Role
    customer_name: str
    sites: list[str] | None
    """Names; none: all sites of the customer."""


class ProfileForm(BaseModel):
    first_name: str = Field(min_length=1, max_length=200)
    last_name: str = Field(min_length=1, max_length=200)
    phone: str = Field(default="", max_length=40)
    language: Language


class PasswordForm(BaseModel):
    old: str = Field(min_length=1, max_length=200, repr=False)
    password: str = Field(min_length=1, max_length=200, repr=False)


@page("/profile", template="pages/profile.html")
async def profile(ask: Ask) -> ProfilePage:
    names = None
    if ask.me.sites is not None:
        found = await ask.rows.many(sites, ask.tenant_id, ask.me.sites)
        names = sorted(site.name for site in found.values())
    return ProfilePage(**ask.me.model_dump(exclude={"sites"}), sites=names)


@action("/profile", back="/profile")
async def change_profile(ask: Ask, form: ProfileForm) -> Sent:
    await ask.command(ChangeProfile(user=ask.me.user, **form.model_dump()))
    return Sent(to="/profile", flash=_("Your profile is saved."))


@action("/profile/password", back="/profile")
async def change_password(ask: Ask, form: PasswordForm) -> Sent:
    """All other devices are logged out; this one goes on in a new session."""
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LOGIN_OF_ADDRESS, ask.me.email)
    await ask.command(ChangePassword(user=ask.me.user, old=form.old, password=form.password))
    await limits.forgive(ask.ctx, ask.tenant_id, limits.LOGIN_OF_ADDRESS, ask.me.email)
    remembered = await session.is_remembered(ask)
    await session.end_all(ask, ask.me.user)
    await session.begin(ask, ask.me.user, remembered)
    return Sent(to="/profile", flash=_("Your password is changed. All other devices were logged out."))
