"""Coming in and going out: log in, stay logged in on this device, log out here or everywhere."""

from __future__ import annotations

from uuid import UUID

from chassis.decider import Refused
from chassis.signing import NotSigned
from contracts.identity.user import LogOutEverywhere
from pydantic import BaseModel, Field

from gateway import limits, session
from gateway.page import Ask, Sent, _, action, page
from gateway.showing import inside


class LoginPage(BaseModel):
    """The door. `next`: the page that was wanted."""

    next: str


class LoginForm(BaseModel):
    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=200, repr=False)
    remember: bool = False
    next: str = "/"


class WrongLogin(Refused):
    """Address or password is wrong; nobody learns which."""

    status = 401


@page("/login", template="pages/login.html", needs="guest")
async def door(ask: Ask) -> LoginPage | Sent:
    wanted = inside(ask.query.get("next", "/"))
    return Sent(to=wanted) if ask.visitor else LoginPage(next=wanted)


@action("/login", back="/login?next={next}", needs="guest")
async def log_in(ask: Ask, form: LoginForm) -> Sent:
    """Starts a session; the cookie is in the answer."""
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LOGIN_FROM_IP, ask.ip)
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LOGIN_OF_ADDRESS, form.email)
    try:
        known = await ask.call("identity", "/login", {"email": form.email, "password": form.password})
    except NotSigned as error:
        raise WrongLogin(error.sentence) from error
    await limits.forgive(ask.ctx, ask.tenant_id, limits.LOGIN_OF_ADDRESS, form.email)
    await limits.uncount(ask.ctx, ask.tenant_id, limits.LOGIN_FROM_IP, ask.ip)
    await session.begin(ask, UUID(known["user"]), form.remember)
    return Sent(to=inside(form.next))


@action("/logout", needs="guest")
async def log_out(ask: Ask) -> Sent:
    """Ends this session."""
    if ask.visitor:
        await session.end(ask)
    return Sent(to="/login", flash=_("You are logged out."), kind="info")


@action("/logout-everywhere", back="/profile")
async def log_out_everywhere(ask: Ask) -> Sent:
    """Ends all sessions of the user, on every device."""
    await ask.command(LogOutEverywhere(user=ask.me.user))
    await session.end_all(ask, ask.me.user)
    ask.cookies.append(session.gone(ask.secure))
    return Sent(to="/login", flash=_("You are logged out on all devices."), kind="info")
