"""Tells the portal each step of its orders, in order and until it has heard, however long it is away."""

from __future__ import annotations

import random
from typing import Any

from desk.bridge import PortalRefused, Unreachable
from desk.desk import Desk

LONGEST = 60.0
"""seconds between two attempts"""

# The oldest of each order only: a later step is told after those before it.
DUE = """
SELECT DISTINCT ON (reference) id, reference, body, attempts, next_try <= now() AS due
FROM outbox WHERE sent_at IS NULL ORDER BY reference, id
"""


async def work(desk: Desk) -> int:
    """One round; how many were told. An answer that was lost does no harm: the same step is told again."""
    async with desk.pool.connection() as conn:
        found = await conn.execute(DUE)
        rows = [row for row in await found.fetchall() if row["due"]]
    told = 0
    for row in rows:
        try:
            await desk.bridge.status(str(row["reference"]), row["body"])
            await settled(desk, row, "")
            told += 1
        except PortalRefused as error:
            await settled(desk, row, str(error))
        except Unreachable:
            await later(desk, row)
    return told


async def settled(desk: Desk, row: dict[str, Any], refused: str) -> None:
    async with desk.pool.connection() as conn:
        await conn.execute(
            "UPDATE outbox SET sent_at = now(), refused = %s, attempts = attempts + 1 WHERE id = %s",
            (refused, row["id"]),
        )


async def later(desk: Desk, row: dict[str, Any]) -> None:
    seconds = min(LONGEST, 0.5 * 2 ** min(row["attempts"], 10)) * random.uniform(0.7, 1.0)
    async with desk.pool.connection() as conn:
        await conn.execute(
            "UPDATE outbox SET attempts = attempts + 1, next_try = now() + make_interval(secs => %s) WHERE id = %s",
            (seconds, row["id"]),
        )
