"""What is shown to somebody who comes with the link of a mail: whom it is for, and whether it still works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis import links
from chassis.events import Meta
from chassis.room import Context
from chassis.signing import asker_of
from chassis.views import View
from contracts.identity.invitation import UserInvited
from contracts.identity.password import PasswordResetRequested
from litestar import Request, post
from pydantic import BaseModel, Field

from identity.account import Account, Status
from identity.knowledge import account_of, customer_of

Call = Request[Any, Any, Any]


class Letter(BaseModel):
    """A mail with a link: to whom it went."""

    user: UUID


letters = View("letters", Letter)


@letters.on(UserInvited, key=lambda event, meta: event.invitation)
def invited(doc: Letter | None, event: UserInvited, meta: Meta) -> Letter:
    return Letter(user=event.user)


@letters.on(PasswordResetRequested, key=lambda event, meta: event.reset)
def reset_requested(doc: Letter | None, event: PasswordResetRequested, meta: Meta) -> Letter:
    return Letter(user=event.user)


class Invitation(BaseModel):
    invitation: UUID
    token: str = Field(max_length=200)


class ResetLink(BaseModel):
    reset: UUID
    token: str = Field(max_length=200)


@post("/invitation", status_code=200, include_in_schema=False)
async def invitation(request: Call) -> dict[str, Any]:
    """Whom an invitation is for, and whether it is still open."""
    ctx: Context = request.app.state.ctx
    tenant = (await asker_of(request)).tenant
    given = Invitation.model_validate_json(await request.body())
    if not links.fits(ctx.key("invitation"), given.invitation, given.token):
        return nobody()
    return await told(ctx, tenant, given.invitation, invitation_state)


@post("/reset-link", status_code=200, include_in_schema=False)
async def reset_link(request: Call) -> dict[str, Any]:
    """Whose password a link sets, and whether it is still open."""
    ctx: Context = request.app.state.ctx
    tenant = (await asker_of(request)).tenant
    given = ResetLink.model_validate_json(await request.body())
    if not links.fits(ctx.key("reset"), given.reset, given.token):
        return nobody()
    return await told(ctx, tenant, given.reset, reset_state)


async def told(
    ctx: Context, tenant: UUID, link: UUID, state_of: Callable[[Account, UUID, datetime], str]
) -> dict[str, Any]:
    user = await user_of(ctx, tenant, link)
    if user is None:
        return nobody()
    account = await account_of(ctx, tenant, user)
    customer = await customer_of(ctx, tenant, account.customer) if account.customer else None
    return {
        "email": account.email,
        "customer_name": customer.latest.name if customer and customer.latest else "",
        "user": user,
        "state": state_of(account, link, datetime.now(UTC)),
    }


async def user_of(ctx: Context, tenant: UUID, link: UUID) -> UUID | None:
    """To whom the mail with this link went. It may arrive before the view has heard of it, or while the view is built
    anew; the log knows it. That we have made the link is certain by now, so nobody can have the log searched in vain.
    """
    if letter := await ctx.rows.get(letters, tenant, link):
        return letter.user
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "SELECT body::jsonb ->> 'user' FROM log WHERE tenant = %s AND type = ANY(%s)"
            " AND %s IN (body::jsonb ->> 'invitation', body::jsonb ->> 'reset')",
            [tenant, [UserInvited.__name__, PasswordResetRequested.__name__], str(link)],
        )
        row = await found.fetchone()
    return UUID(row[0]) if row else None


def nobody() -> dict[str, Any]:
    """A forged link and one of another firm look the same."""
    return {"email": "", "customer_name": "", "user": None, "state": "unknown"}


def invitation_state(account: Account, link: UUID, now: datetime) -> str:
    match account.status:
        case Status.registered:
            return "used"
        case Status.withdrawn | Status.removed:
            return "withdrawn"
        case Status.invited if account.invitation == link and account.invitation_open(now):
            return "open"
        case _:
            # Too old, or a newer one has been sent.
            return "expired"


def reset_state(account: Account, link: UUID, now: datetime) -> str:
    if account.status is not Status.registered or account.reset is None:
        return "used"
    return "open" if account.reset == link and account.reset_open(now) else "expired"
