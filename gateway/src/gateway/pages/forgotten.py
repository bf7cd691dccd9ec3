"""A forgotten password is replaced by a link that is mailed to the user's address."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from chassis.decider import NotFound
from contracts.identity.password import RequestPasswordReset, ResetPassword
from contracts.identity.user import user_id
from contracts.values import Email
from pydantic import BaseModel, Field

from gateway import limits, session
from gateway.page import Ask, Sent, _, action, page


class ForgottenPage(BaseModel):
    sent: bool


class ForgottenForm(BaseModel):
    email: Email


class ResetPage(BaseModel):
    reset: UUID
    token: str
    state: Literal["open", "used", "expired", "unknown"]
    email: str


class ResetForm(BaseModel):
    token: str = Field(max_length=200)
    password: str = Field(min_length=1, max_length=200, repr=False)


@page("/forgot", template="pages/forgotten.html", needs="guest")
async def forgotten(ask: Ask) -> ForgottenPage:
    return ForgottenPage(sent="sent" in ask.query)


@action("/forgot", back="/forgot", needs="guest")
async def ask_for_link(ask: Ask, form: ForgottenForm) -> Sent:
    """Answered alike whether or not the address is known."""
    await limits.attempt(ask.ctx, ask.tenant_id, limits.RESET_FROM_IP, ask.ip)
    await limits.attempt(ask.ctx, ask.tenant_id, limits.RESET_OF_ADDRESS, form.email)
    await ask.command(RequestPasswordReset(user=user_id(ask.tenant_id, form.email), email=form.email))
    ask.answers.clear()  # Whether something was said must not be seen, not even by the time that the next page takes.
    return Sent(to="/forgot?sent=yes")


@page("/reset/{reset:uuid}", template="pages/reset.html", needs="guest")
async def link(ask: Ask, reset: UUID) -> ResetPage:
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LINK_FROM_IP, ask.ip)
    token = ask.query.get("token", "")[:200]
    found = await ask.call("identity", "/reset-link", {"reset": reset, "token": token})
    return ResetPage(reset=reset, token=token, state=found["state"], email=found["email"])


@action("/reset/{reset:uuid}", back="/reset/{reset}?token={token}", needs="guest")
async def set_password(ask: Ask, reset: UUID, form: ResetForm) -> Sent:
    """Spends the link; every session of the user ends."""
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LINK_FROM_IP, ask.ip)
    found = await ask.call("identity", "/reset-link", {"reset": reset, "token": form.token})
    if found["user"] is None:
        raise NotFound(_("This link is not valid. Please use the link of the latest mail."))
    user = UUID(found["user"])
    await ask.command(ResetPassword(user=user, reset=reset, token=form.token, password=form.password))
    await session.end_all(ask, user)
    await limits.forgive(ask.ctx, ask.tenant_id, limits.LOGIN_OF_ADDRESS, found["email"])
    return Sent(to="/login", flash=_("Your new password is set. Please log in."))
