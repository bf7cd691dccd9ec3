"""Whose domain is whose, exactly: of two firms that claim one at the same moment, one gets it."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.decider import Asked, Invalid
from chassis.store import Connection
from contracts.base import Command, Event
from contracts.identity.tenant import TenantConfigured

TABLE = """CREATE TABLE IF NOT EXISTS domains (
    domain text PRIMARY KEY,
    tenant uuid NOT NULL
)"""
# What firms have claimed before there was this table; of two with the same one, the first.
FILLED = """INSERT INTO domains (domain, tenant)
    SELECT domain, tenant FROM (
        SELECT DISTINCT ON (tenant) tenant, body, at FROM log WHERE type = 'TenantConfigured'
        ORDER BY tenant, version DESC
    ) AS latest, jsonb_array_elements_text(body::jsonb -> 'domains') AS domain
    WHERE NOT EXISTS (SELECT FROM domains) ORDER BY at ON CONFLICT DO NOTHING"""


async def along(conn: Connection, command: Command, events: Sequence[Event], asked: Asked) -> None:
    """In the transaction that says it: whoever claims what another is just claiming waits, and then is refused."""
    for event in events:
        if not isinstance(event, TenantConfigured):
            continue
        tenant, domains = asked.who.tenant, sorted(event.domains)
        await conn.execute(
            "INSERT INTO domains (domain, tenant) SELECT unnest(%s::text[]), %s ON CONFLICT DO NOTHING",
            [domains, tenant],
        )
        found = await conn.execute(
            "SELECT domain FROM domains WHERE tenant = %s AND domain = ANY(%s)", [tenant, domains]
        )
        if taken := set(domains) - {row[0] for row in await found.fetchall()}:
            raise Invalid("%(domain)s already belongs to another firm.", field="domains", domain=min(taken))
        await conn.execute("DELETE FROM domains WHERE tenant = %s AND domain <> ALL(%s)", [tenant, domains])
