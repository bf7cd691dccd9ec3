"""Who has registered logs in with address and password."""

from __future__ import annotations

from typing import Any

from chassis.decider import NotAllowed, Refused
from chassis.room import Context
from chassis.signing import asker_of
from contracts.identity.user import user_id
from litestar import Request, post
from pydantic import BaseModel, Field

from identity import attempts
from identity.account import Status
from identity.knowledge import account_of, customer_of

Call = Request[Any, Any, Any]


class Login(BaseModel):
    email: str = Field(max_length=254)
    password: str = Field(max_length=200, repr=False)


class NotKnown(Refused):
    """Address or password is wrong; nobody learns which."""

    status = 401


@post("/login", status_code=200, include_in_schema=False)
async def login(request: Call) -> dict[str, Any]:
    """The user as the gateway shall know them. 401: wrong; 403: the firm's portal is closed; 429: wait."""
    ctx: Context = request.app.state.ctx
    tenant = (await asker_of(request)).tenant
    given = Login.model_validate_json(await request.body())
    user = user_id(tenant, given.email)
    right = await attempts.password_fits(ctx.pool, tenant, user, given.password)
    account = await account_of(ctx, tenant, user)
    if not right or account.status is not Status.registered or account.customer is None:
        raise NotKnown("The e-mail address or the password is not right.")
    customer = await customer_of(ctx, tenant, account.customer)
    if not customer.active:
        raise NotAllowed("The portal is closed for your firm.")
    return {
        "user": user,
        "customer": account.customer,
        "customer_name": customer.latest.name if customer.latest else "",
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "sites": None if account.sites is None else sorted(map(str, account.sites)),
        "language": account.language,
        "tour_done": account.tour_done,
    }
