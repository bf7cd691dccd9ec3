"""Whoever tries passwords or floods people with mails is slowed down; the count holds for all machines together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.decider import Refused

from gateway.page import _

if TYPE_CHECKING:
    from chassis.room import Context

TABLES = (
    """CREATE TABLE IF NOT EXISTS attempts (
    tenant uuid NOT NULL,
    what text NOT NULL,
    who text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    count integer NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, what, who)
)""",
    "CREATE INDEX IF NOT EXISTS attempts_by_time ON attempts (since)",
)
_COUNT = """INSERT INTO attempts AS a (tenant, what, who) VALUES (%(tenant)s, %(what)s, %(who)s)
ON CONFLICT (tenant, what, who) DO UPDATE SET
    since = CASE WHEN a.since < now() - %(within)s THEN now() ELSE a.since END,
    count = CASE WHEN a.since < now() - %(within)s THEN 1 ELSE a.count + 1 END
RETURNING count"""


class TooMany(Refused):
    """Too many attempts in a short time."""

    status = 429


@dataclass(frozen=True)
class Limit:
    what: str
    count: int
    within: timedelta


LOGIN_OF_ADDRESS = Limit("login of an address", 10, timedelta(minutes=15))
LOGIN_FROM_IP = Limit("login from an IP", 100, timedelta(minutes=15))
RESET_OF_ADDRESS = Limit("reset of an address", 3, timedelta(minutes=15))
RESET_FROM_IP = Limit("reset from an IP", 30, timedelta(minutes=15))
LINK_FROM_IP = Limit("link from an IP", 60, timedelta(minutes=15))
LONGEST = timedelta(days=1)


async def attempt(ctx: Context, tenant: UUID, limit: Limit, who: str) -> None:
    """Counts; TooMany beyond the limit. Counted before it is tried, so that parallel attempts count as well."""
    given = {"tenant": tenant, "what": limit.what, "who": who.strip().lower(), "within": limit.within}
    async with ctx.pool.connection() as conn:
        found = await conn.execute(_COUNT, given)
        count = (await found.fetchone() or (1,))[0]
    if count > limit.count:
        raise TooMany(_("Too many attempts. Please wait a quarter of an hour and try again."))


async def forgive(ctx: Context, tenant: UUID, limit: Limit, who: str) -> None:
    """It went well: the next mistake is the first one again. What nobody needs any more goes with it."""
    async with ctx.pool.connection() as conn:
        await conn.execute(
            "DELETE FROM attempts WHERE (tenant = %s AND what = %s AND who = %s) OR since < now() - %s",
            [tenant, limit.what, who.strip().lower(), LONGEST],
        )


async def uncount(ctx: Context, tenant: UUID, limit: Limit, who: str) -> None:
    """This one attempt went well; those before it still count, or one's own login would clear a hundred guesses."""
    async with ctx.pool.connection() as conn:
        await conn.execute(
            "UPDATE attempts SET count = count - 1 WHERE tenant = %s AND what = %s AND who = %s",
            [tenant, limit.what, who.strip().lower()],
        )
