"""Whoever guesses passwords has to wait: ten wrong ones for an address in a quarter of an hour are enough."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from chassis.decider import Refused
from psycopg_pool import AsyncConnectionPool

from identity import hashes

TABLE = """CREATE TABLE IF NOT EXISTS failed_logins (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    user_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)"""
INDEXES = (
    "CREATE INDEX IF NOT EXISTS failed_logins_of_user ON failed_logins (tenant, user_id, at)",
    "CREATE INDEX IF NOT EXISTS failed_logins_by_time ON failed_logins (at)",
)

MOST = 10
WITHIN = timedelta(minutes=15)


class TooMany(Refused):
    """Wait a little."""

    status = 429


async def password_fits(pool: AsyncConnectionPool, tenant: UUID, user: UUID, password: str) -> bool:
    """TooMany after ten failures, whether or not there is such a user, and however many tries come at once."""
    attempt = await begin(pool, tenant, user)
    async with pool.connection() as conn:
        hashed = await hashes.of(conn, tenant, user)
    if not await hashes.fits(hashed, password):
        return False
    async with pool.connection() as conn:
        if hashed is not None and hashes.argon2.check_needs_rehash(hashed):
            await hashes.keep(conn, tenant, user, await hashes.made(password))
        # Tries of others that run at the same moment still count.
        await conn.execute(
            "DELETE FROM failed_logins WHERE tenant = %s AND user_id = %s"
            " AND at <= (SELECT at FROM failed_logins WHERE id = %s)",
            [tenant, user, attempt],
        )
    return True


async def begin(pool: AsyncConnectionPool, tenant: UUID, user: UUID) -> UUID:
    """Counts as failed until it has gone well, so that tries at the same moment see each other."""
    attempt = uuid4()
    async with pool.connection() as conn:
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4712))", [f"{tenant} {user}"])
        found = await conn.execute(
            "SELECT count(*), ceil(extract(epoch FROM min(at) + %s - now()) / 60)::int FROM failed_logins"
            " WHERE tenant = %s AND user_id = %s AND at > now() - %s",
            [WITHIN, tenant, user, WITHIN],
        )
        count, minutes = await found.fetchone() or (0, 0)
        if count >= MOST:
            raise TooMany("Too many wrong passwords. Please try again in %(minutes)s minutes.", minutes=minutes)
        await conn.execute("DELETE FROM failed_logins WHERE at < now() - %s", [WITHIN])
        await conn.execute(
            "INSERT INTO failed_logins (id, tenant, user_id) VALUES (%s, %s, %s)", [attempt, tenant, user]
        )
    return attempt
