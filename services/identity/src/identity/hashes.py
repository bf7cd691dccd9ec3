"""Passwords are kept as hashes beside the log: there they can be replaced and deleted, and no other room sees them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from chassis.decider import Asked
from chassis.store import Connection
from contracts.base import Command, Event
from contracts.identity.invitation import UserRegistered
from contracts.identity.password import PasswordChanged
from contracts.identity.user import UserRemoved

TABLE = """CREATE TABLE IF NOT EXISTS passwords (
    tenant uuid NOT NULL,
    user_id uuid NOT NULL,
    hash text NOT NULL,
    changed timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, user_id)
)"""

argon2 = PasswordHasher()
# Each hash takes 64 MiB and a core for a moment: two at a time, however many people log in.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def made(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, argon2.hash, password)


async def fits(hashed: str | None, password: str) -> bool:
    """Takes as long for somebody who does not exist: `hashed` None is compared with a hash that nothing fits."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _fits, hashed, password)


def _fits(hashed: str | None, password: str) -> bool:
    try:
        argon2.verify(hashed or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _nobodys() -> str:
    return argon2.hash(secrets.token_hex())


async def of(conn: Connection, tenant: UUID, user: UUID) -> str | None:
    found = await conn.execute("SELECT hash FROM passwords WHERE tenant = %s AND user_id = %s", [tenant, user])
    row = await found.fetchone()
    return None if row is None else str(row[0])


async def keep(conn: Connection, tenant: UUID, user: UUID, hashed: str) -> None:
    await conn.execute(
        "INSERT INTO passwords (tenant, user_id, hash) VALUES (%s, %s, %s)"
        " ON CONFLICT (tenant, user_id) DO UPDATE SET hash = excluded.hash, changed = now()",
        [tenant, user, hashed],
    )


async def along(conn: Connection, command: Command, events: Sequence[Event], asked: Asked) -> None:
    """In the transaction that says it: a registered user has a password, a removed one has none."""
    for event in events:
        match event:
            case UserRegistered() | PasswordChanged():
                await keep(conn, asked.who.tenant, event.user, asked.fact("password", "hash"))
            case UserRemoved():
                await conn.execute(
                    "DELETE FROM passwords WHERE tenant = %s AND user_id = %s", [asked.who.tenant, event.user]
                )
            case _:
                continue
