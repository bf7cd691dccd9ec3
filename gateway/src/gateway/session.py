"""Who has logged in stays logged in, on this device, until the session ends; nobody can lend or guess one.

Only the SHA-256 of a session's secret is stored. A new one is made at every login. Whether it still holds is
seen against the user's document: a changed password, a removed user or a closed portal end it without being told.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from chassis.marks import NO_CUSTOMER
from chassis.remembering import Marks
from litestar.datastructures import Cookie
from psycopg import AsyncConnection

from gateway import who
from gateway.page import Ask
from gateway.who import CustomerDoc, Me, TenantDoc, UserDoc

TABLES = (
    """CREATE TABLE IF NOT EXISTS sessions (
    hash bytea PRIMARY KEY,
    tenant uuid NOT NULL,
    user_id uuid NOT NULL,
    began timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends timestamptz NOT NULL,
    remembered boolean NOT NULL
)""",
    "CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (tenant, user_id)",
)
IDLE = timedelta(hours=12)
REMEMBERED = timedelta(days=30)
NOTED_EVERY = timedelta(minutes=5)

# One round trip tells who asks: the firm by its domain, the session by its hash, the user and the customer; and the
# marks by which is seen whether anything has changed for them.
_ARRIVE = f"""
SELECT t.doc::text, u.doc::text, c.doc::text, s.began, s.seen < now() - %(noted)s, f.mark, m.mark
FROM {who.tenants.table} t
LEFT JOIN marks f ON f.tenant = t.tenant AND f.customer = %(no_customer)s
LEFT JOIN sessions s ON s.hash = %(hash)s AND s.tenant = t.tenant AND s.ends > now()
LEFT JOIN {who.users.table} u ON u.tenant = s.tenant AND u.key = s.user_id::text
LEFT JOIN {who.customers.table} c ON c.tenant = s.tenant AND c.key = u.customer::text
LEFT JOIN marks m ON m.tenant = s.tenant AND m.customer = u.customer
WHERE jsonb_exists(t.doc -> 'domains', %(host)s)
"""
# Who came in before is the same person with the same rights as long as neither mark has changed.
_STILL = """
SELECT f.mark, m.mark
FROM sessions s
JOIN marks f ON f.tenant = s.tenant AND f.customer = %(no_customer)s
JOIN marks m ON m.tenant = s.tenant AND m.customer = %(customer)s
WHERE s.hash = %(hash)s AND s.ends > now() AND s.seen >= now() - %(noted)s
"""
_SEEN = "UPDATE sessions SET seen = now(), ends = CASE WHEN remembered THEN ends ELSE now() + %s END WHERE hash = %s"

Connection = AsyncConnection[Any]


@dataclass(frozen=True)
class Arrival:
    """Who stands at the gate. `settling`: logged in, but the views have not yet heard of the user."""

    tenant: TenantDoc
    marks: Marks
    me: Me | None = None
    settling: bool = False


ARRIVED = 4096
_arrived: dict[tuple[str, bytes | None], Arrival] = {}
"""By domain and session: who came in, and the marks at that moment. Whether it still holds is asked every time."""


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """256 bits."""
    return secrets.token_urlsafe(32)


def csrf_of(key: bytes, token: str) -> str:
    """Bound to the session (or to the guest's cookie): it fits nobody else and ends with it."""
    return hmac.digest(key, token.encode(), "sha256").hex()


def csrf_fits(key: bytes, token: str, given: str) -> bool:
    return bool(token) and hmac.compare_digest(csrf_of(key, token).encode(), given.encode())


# The documents are parsed once and not at every request; the text is the key, so a changed one is another.
@lru_cache(maxsize=64)
def _tenant(text: str) -> TenantDoc:
    return TenantDoc.model_validate_json(text)


@lru_cache(maxsize=4096)
def _me(tenant: UUID, user: str, customer: str) -> tuple[Me, datetime | None]:
    """The user, and when the sessions that still hold can have begun at the earliest."""
    doc = UserDoc.model_validate_json(user)
    return who.me(tenant, doc, CustomerDoc.model_validate_json(customer)), doc.sessions_from


@lru_cache(maxsize=4096)
def _may_enter(user: str, customer: str) -> bool:
    return UserDoc.model_validate_json(user).state == "active" and CustomerDoc.model_validate_json(customer).active


async def arrive(conn: Connection, host: str, token: str) -> Arrival | None:
    """None for a domain that belongs to no firm. A session that has ended is deleted here."""
    hashed = digest(token) if token else None
    known = _arrived.get((host, hashed))
    if known and await _still(conn, hashed, known.marks):
        return known
    arrival = await _ask(conn, host, hashed)
    _arrived.pop((host, hashed), None)
    if arrival and arrival.me and arrival.marks.firm and arrival.marks.mine:
        _arrived[host, hashed] = arrival
        if len(_arrived) > ARRIVED:
            del _arrived[next(iter(_arrived))]
    return arrival


async def _still(conn: Connection, hashed: bytes | None, marks: Marks) -> bool:
    told = {"hash": hashed, "noted": NOTED_EVERY, "no_customer": NO_CUSTOMER, "customer": marks.customer}
    found = await conn.execute(_STILL, told, prepare=True)
    return await found.fetchone() == (marks.firm, marks.mine)


async def _ask(conn: Connection, host: str, hashed: bytes | None) -> Arrival | None:
    told = {"host": host, "hash": hashed, "noted": NOTED_EVERY, "no_customer": NO_CUSTOMER}
    found = await conn.execute(_ARRIVE, told, prepare=True)
    row = await found.fetchone()
    if row is None:
        return None
    tenant_text, user, customer, began, stale, firms, mine = row
    tenant = _tenant(tenant_text)
    guest = Arrival(tenant, Marks(tenant.tenant, firms))
    if hashed is None or began is None:
        return guest
    if user is None or customer is None:
        return replace(guest, settling=True)
    me, earliest = _me(tenant.tenant, user, customer)
    if not _may_enter(user, customer):
        # Just registered, and the view still says "invited": the session is younger than what is known.
        if UserDoc.model_validate_json(user).state == "invited" and (earliest is None or began > earliest):
            return replace(guest, settling=True)
        return await _ended(conn, guest, hashed)
    if earliest is not None and began <= earliest:
        return await _ended(conn, guest, hashed)
    if stale:
        await conn.execute(_SEEN, [IDLE, hashed])
    return Arrival(tenant, Marks(tenant.tenant, firms, me.customer, mine), me)


async def _ended(conn: Connection, guest: Arrival, hashed: bytes) -> Arrival:
    await conn.execute("DELETE FROM sessions WHERE hash = %s", [hashed])
    return guest


async def begin(ask: Ask, user: UUID, remember: bool) -> None:
    """Logs the user in under a new secret, whatever the browser brought along."""
    token = new_token()
    async with ask.ctx.pool.connection() as conn:
        await conn.execute("DELETE FROM sessions WHERE hash = %s OR ends < now()", [digest(ask.token)])
        await conn.execute(
            "INSERT INTO sessions (hash, tenant, user_id, ends, remembered) VALUES (%s, %s, %s, now() + %s, %s)",
            [digest(token), ask.tenant_id, user, REMEMBERED if remember else IDLE, remember],
        )
    ask.cookies.append(cookie(ask.secure, token, lasts=REMEMBERED if remember else None))
    ask.cookies.append(gone(ask.secure, "guest"))


async def is_remembered(ask: Ask) -> bool:
    async with ask.ctx.single.connection() as conn:
        found = await conn.execute("SELECT remembered FROM sessions WHERE hash = %s", [digest(ask.token)])
        row = await found.fetchone()
    return bool(row and row[0])


async def end(ask: Ask) -> None:
    """Logs out on this device."""
    async with ask.ctx.single.connection() as conn:
        await conn.execute("DELETE FROM sessions WHERE hash = %s", [digest(ask.token)])
    ask.cookies.append(gone(ask.secure))


async def end_all(ask: Ask, user: UUID) -> None:
    """On every device and at once; whatever this misses, the event that says so ends."""
    async with ask.ctx.single.connection() as conn:
        await conn.execute("DELETE FROM sessions WHERE tenant = %s AND user_id = %s", [ask.tenant_id, user])


def cookie_name(secure: bool, purpose: str = "") -> str:
    """`__Host-` binds a cookie to this very host and to HTTPS; browsers refuse the prefix on plain http."""
    return f"{'__Host-' if secure else ''}hoftor{'-' + purpose if purpose else ''}"


def cookie(secure: bool, value: str, purpose: str = "", lasts: timedelta | None = None) -> Cookie:
    """Without `lasts` until the browser is closed."""
    return Cookie(
        key=cookie_name(secure, purpose),
        value=value,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
        max_age=None if lasts is None else int(lasts.total_seconds()),
    )


def gone(secure: bool, purpose: str = "") -> Cookie:
    return cookie(secure, "", purpose, timedelta(0))
