"""Each firm's ERP has a key of its own, and perhaps an address to which orders are sent."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from chassis.decider import Invalid, NotAllowed, Refused
from chassis.room import Context
from chassis.signing import asker_of
from chassis.store import Connection
from litestar import Litestar, Request, post
from litestar.di import NamedDependency
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO = uuid5(NAMESPACE_DNS, "demo.hoftor.example")


@dataclass(frozen=True)
class Firm:
    """The firm whose ERP speaks; `name` is what histories show as the one who did it."""

    tenant: UUID
    name: str


FirmOfKey = NamedDependency[Firm]


class Connect(BaseModel):
    """How the ERP of a firm is reached. Without a webhook address it fetches its orders itself."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="Disposition", min_length=1, max_length=100)
    webhook_url: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")
    webhook_secret: str = Field(default="", max_length=200)


class NoKey(Refused):
    status = 401


def fresh_key() -> str:
    return f"hoftor_{secrets.token_urlsafe(32)}"


def key_digest(key: str) -> bytes:
    """A key is random and long: a plain digest gives nothing away."""
    return hashlib.sha256(key.encode()).digest()


async def save(conn: Connection, tenant: UUID, wanted: Connect, key: str) -> None:
    """A firm has one connection; the key that it had before is void."""
    if wanted.webhook_url and not wanted.webhook_secret:
        raise Invalid("A webhook needs a secret with which it is signed.", field="webhook_secret")
    await conn.execute(
        "INSERT INTO connections (tenant, name, key_digest, webhook_url, webhook_secret) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant) DO UPDATE SET name = excluded.name, key_digest = excluded.key_digest,"
        " webhook_url = excluded.webhook_url, webhook_secret = excluded.webhook_secret",
        [tenant, wanted.name, key_digest(key), wanted.webhook_url, wanted.webhook_secret],
    )


async def firm_of(request: Request[Any, Any, Any]) -> Firm:
    """Whose ERP it is, from the Authorization header; 401 without a key that we gave."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        ctx: Context = request.app.state.ctx
        async with ctx.single.connection() as conn:
            found = await conn.execute(
                "SELECT tenant, name FROM connections WHERE key_digest = %s", [key_digest(key.strip())], prepare=True
            )
            row = await found.fetchone()
        if row:
            return Firm(*row)
    raise NoKey("This API wants the key of your connection: Authorization: Bearer <api key>.")


@post("/connections", status_code=200, include_in_schema=False)
async def connect(request: Request[Any, Any, Any]) -> dict[str, str]:
    """For the operator, by `ctx.call("erp-bridge", "/connections", …)`: makes or renews the connection of a firm."""
    who = await asker_of(request)
    if who.kind != "operator":
        raise NotAllowed("Only the operator of the portal connects an ERP.")
    wanted = Connect.model_validate_json(await request.body())
    key = fresh_key()
    ctx: Context = request.app.state.ctx
    async with ctx.pool.connection() as conn:
        await save(conn, who.tenant, wanted, key)
    return {"api_key": key}


class DeskSettings(BaseSettings):
    """`HOFTOR_DESK_…`: on one machine the dispatch desk and the bridge are told the same."""

    model_config = SettingsConfigDict(env_prefix="HOFTOR_DESK_", extra="ignore")

    api_key: str = ""
    url: str = ""
    webhook_secret: str = ""


async def connect_the_desk(app: Litestar) -> None:
    """Before the first request: the demo firm's connection, if this is a run on one machine."""
    told = DeskSettings()
    if not told.api_key:
        return
    url = f"{told.url.rstrip('/')}/hook" if told.url and told.webhook_secret else ""
    ctx: Context = app.state.ctx
    async with ctx.pool.connection() as conn:
        await save(conn, DEMO, Connect(webhook_url=url, webhook_secret=told.webhook_secret), told.api_key)
