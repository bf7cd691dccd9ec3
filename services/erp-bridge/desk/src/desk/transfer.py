"""Sends a customer to the portal, and afterwards everything that has changed about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from desk.bridge import Bridge, PortalRefused
from desk.clock import today
from desk.desk import Desk
from desk.records import Refused, one
from desk.tables import KINDS, Connection, table

BATCH = 200
OWN = ("waste-types", "container-types")
"""Kinds that belong to no customer."""

# A container that a portal order placed is reported only after the portal has heard which number it got.
WAITING = {
    "containers": " AND NOT EXISTS (SELECT 1 FROM outbox WHERE sent_at IS NULL AND outbox.body->>'container_number' ="
    " containers.number)",
    # An order of the portal is told by its reference; history goes back twelve months.
    "orders": " AND reference IS NULL AND body->>'placed_on' >= %(since)s",
    "invoices": " AND body->>'issued_on' >= %(since)s",
}


async def switch(conn: Connection, customer: str, enabled: bool, email: str) -> None:
    """Ticks „Online-Portal“ or takes the tick away; the rest happens in the background, in order."""
    if enabled and not email:
        raise Refused("Bitte geben Sie die E-Mail des ersten Benutzers an.")
    row = await one(conn, "customers", customer)
    if enabled and row["portal"] and row["portal_email"] == email and row["transfer"] == "done":
        raise Refused("Das Online-Portal ist für diesen Kunden schon eingeschaltet.")
    if not enabled and not row["portal"]:
        raise Refused("Das Online-Portal ist für diesen Kunden nicht eingeschaltet.")
    await conn.execute(
        "UPDATE customers SET portal = %s, portal_email = CASE WHEN %s THEN %s ELSE portal_email END,"
        " transfer = 'wanted', transfer_problem = '' WHERE number = %s",
        (enabled, enabled, email, customer),
    )


async def work(desk: Desk) -> None:
    """One round: customers that were switched on or off, then what has changed. Raises Unreachable."""
    async with desk.pool.connection() as conn:
        found = await conn.execute("SELECT number FROM customers WHERE transfer = 'wanted' ORDER BY number")
        wanted = [row["number"] for row in await found.fetchall()]
    for customer in wanted:
        await transfer(desk, customer)
    async with desk.pool.connection() as conn:
        found = await conn.execute("SELECT number FROM customers WHERE transfer = 'done' AND portal ORDER BY number")
        customers = [row["number"] for row in await found.fetchall()]
    if not customers:
        return
    for place, kind in enumerate(KINDS):
        if await send(desk, kind, [""] if kind in OWN else customers):
            await try_again(desk, KINDS[place + 1 :])


async def try_again(desk: Desk, kinds: Sequence[str]) -> None:
    """What was refused may have lacked only what has been sent now."""
    async with desk.pool.connection() as conn:
        for kind in kinds:
            await conn.execute(f"UPDATE {table(kind)} SET sent = NULL WHERE problem <> ''")


async def transfer(desk: Desk, customer: str) -> None:
    async with desk.pool.connection() as conn:
        row = await one(conn, "customers", customer)
    try:
        if not row["portal"]:
            await desk.bridge.portal(customer, False, "")
            return await settle(desk, row, "")
        for kind in (*OWN, "customers"):
            await send(desk, kind, [""] if kind in OWN else [customer])
        await desk.bridge.portal(customer, True, row["portal_email"])
        for kind in KINDS[3:]:
            await send(desk, kind, [customer])
        await desk.bridge.transfer_completed(customer)
        await settle(desk, row, "done")
    except PortalRefused as error:
        # Nothing was switched on, so nothing is ticked here either.
        await settle(desk, row, "refused", str(error))


async def settle(desk: Desk, row: dict[str, Any], state: str, problem: str = "") -> None:
    """Unless somebody has changed the switch meanwhile: then the next round does it."""
    async with desk.pool.connection() as conn:
        await conn.execute(
            "UPDATE customers SET transfer = %(state)s, transfer_problem = %(problem)s,"
            " portal = portal AND %(state)s <> 'refused',"
            " transferred_at = CASE WHEN %(state)s = 'done' THEN now() ELSE transferred_at END"
            " WHERE number = %(number)s AND portal = %(portal)s AND portal_email = %(email)s",
            {
                "state": state,
                "problem": problem,
                "number": row["number"],
                "portal": row["portal"],
                "email": row["portal_email"],
            },
        )


async def send(desk: Desk, kind: str, customers: Sequence[str]) -> int:
    """Everything of a kind that the portal has not heard of, in batches; what it refuses is kept with the reason."""
    sent = 0
    while rows := await unsent(desk, kind, customers):
        if kind == "invoices":
            await documents(desk.bridge, rows)
        answers = await desk.bridge.bulk(kind, [{"number": row["number"], **row["body"]} for row in rows])
        async with desk.pool.connection() as conn:
            for row, answer in zip(rows, answers, strict=True):
                refused = answer["status"] == "refused"
                problem = answer.get("problem", {}).get("detail", "Abgelehnt.") if refused else ""
                await conn.execute(
                    f"UPDATE {table(kind)} SET sent = %s, problem = %s WHERE number = %s",
                    (row["version"], problem, row["number"]),
                )
        sent += len(rows)
    return sent


async def unsent(desk: Desk, kind: str, customers: Sequence[str]) -> list[dict[str, Any]]:
    pdf = ", pdf" if kind == "invoices" else ""
    async with desk.pool.connection() as conn:
        found = await conn.execute(
            f"SELECT number, body, version{pdf} FROM {table(kind)} WHERE sent IS DISTINCT FROM version"
            f" AND customer = ANY(%(customers)s){WAITING.get(kind, '')} ORDER BY number LIMIT {BATCH}",
            {"customers": list(customers), "since": (today() - timedelta(days=365)).isoformat()},
        )
        return await found.fetchall()


async def documents(bridge: Bridge, rows: Sequence[dict[str, Any]]) -> None:
    slots = asyncio.Semaphore(8)

    async def put(row: dict[str, Any]) -> None:
        async with slots:
            await bridge.document(row["body"]["document"]["sha256"], bytes(row["pdf"]))

    await asyncio.gather(*(put(row) for row in rows if row["pdf"] is not None))


async def progress(conn: Connection, customer: str) -> list[dict[str, Any]]:
    """For each kind how many there are, how many have been sent, and what was refused."""
    parts = []
    for kind in KINDS[2:]:
        found = await conn.execute(
            f"SELECT count(*) AS total, count(*) FILTER (WHERE sent = version) AS sent,"
            f" count(*) FILTER (WHERE problem <> '') AS refused, min(problem) FILTER (WHERE problem <> '') AS problem"
            f" FROM {table(kind)} WHERE customer = %(customer)s{'' if kind == 'containers' else WAITING.get(kind, '')}",
            {"customer": customer, "since": (today() - timedelta(days=365)).isoformat()},
        )
        parts.append({"kind": kind, **(await found.fetchone() or {})})
    return parts
