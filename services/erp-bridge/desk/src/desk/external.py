"""Orders of the portal arrive once each, whether they were pushed or fetched."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb
from standardwebhooks import Webhook

from desk.bridge import Bridge, PortalRefused
from desk.clock import today
from desk.desk import Desk
from desk.records import Refused, Unknown
from desk.tables import Connection


async def take(conn: Connection, order: Mapping[str, Any]) -> str:
    """Our number of the external order; the same however often it comes. Unknown: a cancellation without an order."""
    reference = order["reference"]
    if order["action"] == "cancel":
        return await withdrawn(conn, reference, order.get("reason") or "")
    body = {name: value for name, value in order.items() if name != "cursor"}
    await conn.execute(
        "INSERT INTO external_orders (reference, erp_number, body)"
        " SELECT %(reference)s, 'EA-' || %(year)s || '-' || lpad(nextval('external_numbers')::text, 5, '0'), %(body)s"
        " WHERE NOT EXISTS (SELECT 1 FROM external_orders WHERE reference = %(reference)s)"
        " ON CONFLICT (reference) DO NOTHING",
        {"reference": reference, "year": str(today().year), "body": Jsonb(body)},
    )
    return str((await known(conn, reference))["erp_number"])


async def withdrawn(conn: Connection, reference: str, reason: str) -> str:
    """The customer took the order back: what has not been driven is not driven."""
    row = await known(conn, reference)
    await conn.execute(
        "UPDATE external_orders SET cancelled = true, reason = %s,"
        " state = CASE WHEN state = 'new' THEN 'cancelled' ELSE state END WHERE reference = %s AND NOT cancelled",
        (reason, reference),
    )
    await conn.execute(
        """UPDATE orders SET body = body || '{"status": "cancelled"}', version = nextval('versions')"""
        " WHERE reference = %s AND body->>'status' IN ('accepted', 'dispatched')",
        (reference,),
    )
    return str(row["erp_number"])


async def known(conn: Connection, reference: str) -> dict[str, Any]:
    found = await conn.execute("SELECT * FROM external_orders WHERE reference = %s", (reference,))
    row = await found.fetchone()
    if row is None:
        raise Unknown("Diesen externen Auftrag gibt es nicht.")
    return row


class Forged(Refused):
    """Not signed with our secret."""

    status = 401


def verify(secret: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Forged unless the signature by Standard Webhooks is right and fresh."""
    key = secret if secret.startswith("whsec_") else base64.b64encode(secret.encode()).decode()
    try:
        Webhook(key).verify(body, {name.lower(): value for name, value in headers.items()}, json_parse=False)
    except Exception as error:  # the library raises its own and also those of damaged headers
        raise Forged("Die Unterschrift der Nachricht ist nicht gültig.") from error


async def fetch(desk: Desk, *, first: bool) -> int:
    """One round of polling: takes, then acknowledges, then moves the cursor; how many came. Raises Unreachable.

    The first round after a start asks for all that was never acknowledged, wherever the cursor stands.
    """
    async with desk.pool.connection() as conn:
        found = await conn.execute("SELECT cursor FROM fetched")
        row = await found.fetchone()
    after = row["cursor"] if row and not first else None
    answer = await desk.bridge.external_orders(after, 0 if first else 20)
    for order in answer["items"]:
        async with desk.pool.connection() as conn:
            number = await take(conn, order)
        await acknowledged(desk.bridge, order, number)
    async with desk.pool.connection() as conn:
        await conn.execute(
            "INSERT INTO fetched (cursor) VALUES (%s) ON CONFLICT (one) DO UPDATE"
            " SET cursor = greatest(fetched.cursor, excluded.cursor)",
            (answer["cursor"] or 0,),
        )
    return len(answer["items"])


async def acknowledged(bridge: Bridge, order: Mapping[str, Any], number: str) -> None:
    try:
        await bridge.acknowledge(order["reference"], number, order["action"])
    except PortalRefused as error:
        if error.status != 409:  # it was acknowledged by the answer to the webhook
            raise
