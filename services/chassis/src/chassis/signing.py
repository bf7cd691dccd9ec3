"""Who asks is signed by whoever let them in, and checked again where the state is owned."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import jwt
from contracts.values import Role
from litestar import Request

from chassis.decider import Asker, Refused
from chassis.keys import derive

SECONDS = 60
_PURPOSE = "who asks"


class NotSigned(Refused):
    """The call carries no proof of who asks."""

    status = 401


def signed(secret: str, who: Asker) -> str:
    """A token for one minute."""
    said: dict[str, Any] = {
        "tenant": str(who.tenant),
        "kind": who.kind,
        "name": who.name,
        "user": str(who.user) if who.user else None,
        "customer": str(who.customer) if who.customer else None,
        "role": who.role,
        "sites": None if who.sites is None else sorted(map(str, who.sites)),
        "email": who.email,
        "exp": int(time.time()) + SECONDS,
    }
    return jwt.encode(said, derive(secret, _PURPOSE), algorithm="HS256")


def read_signed(secret: str, token: str) -> Asker:
    """NotSigned for a token that is forged, damaged or too old."""
    try:
        said = jwt.decode(token, derive(secret, _PURPOSE), algorithms=["HS256"], options={"require": ["exp"]})
        return Asker(
            tenant=UUID(said["tenant"]),
            kind=said["kind"],
            name=said["name"],
            user=UUID(said["user"]) if said["user"] else None,
            customer=UUID(said["customer"]) if said["customer"] else None,
            role=Role(said["role"]) if said["role"] else None,
            sites=None if said["sites"] is None else frozenset(map(UUID, said["sites"])),
            email=said["email"],
        )
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
        raise NotSigned("Please log in again.") from error


async def asker_of(request: Request[Any, Any, Any]) -> Asker:
    """Who asks, from the Authorization header; NotSigned without one."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind != "Bearer":
        raise NotSigned("Please log in again.")
    return read_signed(request.app.state.ctx.settings.secret, token)
