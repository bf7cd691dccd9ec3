"""The registration behind an invitation: own data, terms and privacy policy, own password, and in."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from chassis.decider import NotFound
from contracts.identity.invitation import RegisterUser
from contracts.values import Language
from pydantic import BaseModel, Field, field_validator

from gateway import limits, session
from gateway.page import Ask, Sent, _, action, page

State = Literal["open", "used", "expired", "withdrawn", "unknown"]


class RegistrationPage(BaseModel):
    """Whom the invitation is for, and whether it still works."""

    invitation: UUID
    token: str
    state: State
    email: str
    customer_name: str
    terms: str
    """The versions that are accepted."""
    privacy: str


class RegistrationForm(BaseModel):
    token: str = Field(max_length=200)
    first_name: str = Field(min_length=1, max_length=200)
    last_name: str = Field(min_length=1, max_length=200)
    phone: str = Field(default="", max_length=40)
    language: Language = Language.german
    password: str = Field(min_length=1, max_length=200, repr=False)
    terms: str = Field(default="", validate_default=True)
    privacy: str = Field(default="", validate_default=True)

    @field_validator("terms")
    @classmethod
    def terms_are_accepted(cls, version: str) -> str:
        if not version:
            raise ValueError(_("Please accept the terms and conditions."))
        return version

    @field_validator("privacy")
    @classmethod
    def privacy_is_accepted(cls, version: str) -> str:
        if not version:
            raise ValueError(_("Please accept the privacy policy."))
        return version


@page("/register/{invitation:uuid}", template="pages/registration.html", needs="guest")
async def invitation(ask: Ask, invitation: UUID) -> RegistrationPage:
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LINK_FROM_IP, ask.ip)
    token = ask.query.get("token", "")[:200]
    found = await ask.call("identity", "/invitation", {"invitation": invitation, "token": token})
    return RegistrationPage(
        invitation=invitation,
        token=token,
        state=found["state"],
        email=found["email"],
        customer_name=found["customer_name"],
        terms=ask.tenant.terms_version,
        privacy=ask.tenant.privacy_version,
    )


@action("/register/{invitation:uuid}", back="/register/{invitation}?token={token}", needs="guest")
async def register(ask: Ask, invitation: UUID, form: RegistrationForm) -> Sent:
    """Spends the invitation and logs the new user in."""
    await limits.attempt(ask.ctx, ask.tenant_id, limits.LINK_FROM_IP, ask.ip)
    found = await ask.call("identity", "/invitation", {"invitation": invitation, "token": form.token})
    if found["user"] is None:
        raise NotFound(_("This link is not valid. Please use the link of the latest mail."))
    user = UUID(found["user"])
    await ask.command(RegisterUser(user=user, invitation=invitation, **form.model_dump()))
    await session.begin(ask, user, remember=False)
    return Sent(to="/", flash=_("Welcome! Your access is ready."))
