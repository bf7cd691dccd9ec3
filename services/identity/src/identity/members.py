"""Who administers a customer right now, exactly: two administrators who remove each other at once both stay."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.decider import Asked, Refused
from chassis.store import Connection
from contracts.base import Command, Event
from contracts.identity.invitation import UserRegistered
from contracts.identity.user import RightsChanged, UserRemoved
from contracts.values import Role

from identity import hashes
from identity.rights import LAST_ONE

TABLE = """CREATE TABLE IF NOT EXISTS members (
    tenant uuid NOT NULL,
    user_id uuid NOT NULL,
    customer uuid NOT NULL,
    administrator boolean NOT NULL,
    PRIMARY KEY (tenant, user_id)
)"""
INDEX = "CREATE INDEX IF NOT EXISTS administrators ON members (tenant, customer) WHERE administrator"


async def administrators(conn: Connection, tenant: UUID, customer: UUID) -> frozenset[UUID]:
    """Registered ones only: an invitation that nobody follows administers nothing."""
    found = await conn.execute(
        "SELECT user_id FROM members WHERE tenant = %s AND customer = %s AND administrator", [tenant, customer]
    )
    return frozenset(row[0] for row in await found.fetchall())


async def along(conn: Connection, command: Command, events: Sequence[Event], asked: Asked) -> None:
    tenant = asked.who.tenant
    await hashes.along(conn, command, events, asked)
    for event in events:
        match event:
            case UserRegistered():
                await conn.execute(
                    "INSERT INTO members (tenant, user_id, customer, administrator) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT (tenant, user_id) DO UPDATE"
                    " SET customer = excluded.customer, administrator = excluded.administrator",
                    [tenant, event.user, event.customer, event.role is Role.administrator],
                )
            case RightsChanged():
                await one_at_a_time(conn, tenant, event.customer)
                changed = await conn.execute(
                    "UPDATE members SET administrator = %s WHERE tenant = %s AND user_id = %s RETURNING user_id",
                    [event.role is Role.administrator, tenant, event.user],
                )
                if await changed.fetchone() and event.role is not Role.administrator:
                    await somebody_remains(conn, event.customer, asked)
            case UserRemoved():
                await one_at_a_time(conn, tenant, event.customer)
                gone = await conn.execute(
                    "DELETE FROM members WHERE tenant = %s AND user_id = %s RETURNING administrator",
                    [tenant, event.user],
                )
                row = await gone.fetchone()
                if row and row[0]:
                    await somebody_remains(conn, event.customer, asked)
            case _:
                continue


async def one_at_a_time(conn: Connection, tenant: UUID, customer: UUID) -> None:
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4711))", [f"{tenant} {customer}"])


async def somebody_remains(conn: Connection, customer: UUID, asked: Asked) -> None:
    """The decider has asked this already, of what was known before the lock."""
    if not asked.who.trusted and not await administrators(conn, asked.who.tenant, customer):
        raise Refused(LAST_ONE)
