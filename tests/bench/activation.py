"""Activating a customer with two thousand orders and three hundred invoices, until all of it can be seen."""

from __future__ import annotations

import asyncio
import time

from embedded.stack import Stack

from bench.firm import ADDRESS, running
from bench.rounds import Figure

ORDERS, INVOICES, CONTAINERS = 2_000, 300, 40


async def figures(stack: Stack) -> list[Figure]:
    async with running(stack) as firm:
        began = time.perf_counter()
        await firm.report("customers", [{"number": "77", "name": "Großbau AG", "address": ADDRESS}])
        await firm.report("sites", [{"number": "77-1", "customer": "77", "name": "Werk", "address": ADDRESS}])
        haul = {"site": "77-1", "container_type": "AB7", "waste_type": "BS"}
        await firm.report("containers", [{"number": f"C-{n}", **haul} for n in range(CONTAINERS)])
        day = {"placed_on": "2026-05-04", "completed_on": "2026-05-05", "weight_kg": 3100, "status": "completed"}
        orders = [
            {"number": f"G-{n}", "kind": "exchange", "container": f"C-{n % CONTAINERS}", **haul, **day}
            for n in range(ORDERS)
        ]
        await firm.report("orders", orders)
        money = {"net": "100.00", "tax": "19.00", "gross": "119.00", "status": "paid"}
        dates = {"issued_on": "2026-05-31", "due_on": "2026-06-14"}
        await firm.report(
            "invoices", [{"number": f"R-{n}", "customer": "77", **money, **dates} for n in range(INVOICES)]
        )
        await firm.erp("PUT", "/customers/77/portal", {"enabled": True, "email": "chef@77.example"})
        await firm.erp("POST", "/customers/77/transfer-completed")
        customer = firm.customer("77")
        async with await firm.gateway() as conn:
            while True:
                rows = await conn.execute(
                    "SELECT (SELECT count(*) FROM view_orders WHERE customer = %(one)s),"
                    " (SELECT count(*) FROM view_invoices WHERE customer = %(one)s),"
                    " (SELECT count(*) FROM view_containers WHERE customer = %(one)s),"
                    " (SELECT count(*) FROM view_users WHERE customer = %(one)s)",
                    {"one": customer},
                )
                if await rows.fetchone() == (ORDERS, INVOICES, CONTAINERS, 1):
                    break
                await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
        return [
            Figure("activation: 2,000 orders and 300 invoices visible, first user invited", seconds, None, "s"),
            Figure("activation", (ORDERS + INVOICES + CONTAINERS) / seconds, None, "records/s"),
        ]
