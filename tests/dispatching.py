"""What tests of the dispatch desk say to it: records, orders of the portal, signatures."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from berlin import today
from desk.desk import Desk
from litestar.testing import AsyncTestClient
from standardwebhooks import Webhook

SECRET = "a secret for trying"
KEY = "a key for trying"
TODAY = today().isoformat()

Client = AsyncTestClient[Any]


async def bring(client: Client, kind: str, records: list[dict[str, Any]]) -> dict[str, int]:
    answer = await client.post(
        f"/import/{kind}", content=json.dumps(records), headers={"Authorization": f"Bearer {KEY}"}
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, int] = answer.json()
    return said


ADDRESS = {"street": "Hafenweg 22", "postal_code": "48155", "city": "Münster"}
MASTER_DATA: dict[str, list[dict[str, Any]]] = {
    "waste-types": [{"number": "BS", "name": "Bauschutt", "code": "170107"}],
    "container-types": [
        {
            "number": "AB7",
            "name": "Absetzcontainer 7 m³",
            "family": "Absetzbehälter",
            "volume": "7",
            "waste_types": ["BS"],
            "kinds": ["exchange", "emptying", "removal"],
        }
    ],
    "customers": [{"number": "10017", "name": "Westermann Bau GmbH", "address": ADDRESS}],
    "sites": [{"number": "10017-01", "customer": "10017", "name": "Hafenquartier", "address": ADDRESS}],
}

OF_THE_PORTAL = MASTER_DATA | {
    "customers": [{"number": "10023", "name": "Bauhof Nord GmbH", "address": ADDRESS}],
    "sites": [{"number": "10023-02", "customer": "10023", "name": "Baustelle Hafen", "address": ADDRESS}],
}
"""For a desk at a real portal, with the customer who orders there."""


def ordered(reference: str | None = None, **more: Any) -> dict[str, Any]:
    """An external order as the portal sends it."""
    return {
        "reference": reference or str(uuid4()),
        "action": "place",
        "kind": "placement",
        "customer": {"number": "10017", "name": "Westermann Bau GmbH", "address": ADDRESS, "phone": "", "email": ""},
        "site": {"number": "10017-01", "name": "Hafenquartier", "address": ADDRESS, "coordinates": None},
        "waste_type": {"number": "BS", "name": "Bauschutt", "code": "170107"},
        "container_type": {"number": "AB7", "name": "Absetzcontainer 7 m³"},
        "container": None,
        "desired": TODAY,
        "note": "Bitte vor 9 Uhr",
        "placed_by": "Katrin Westermann",
        "placed_at": f"{TODAY}T08:30:00Z",
        "reason": "",
        **more,
    }


def signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    signed = Webhook(base64.b64encode(secret.encode()).decode()).sign("msg", now, body.decode())
    return {"webhook-id": "msg", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signed}


async def push(client: Client, order: dict[str, Any], secret: str = SECRET) -> Any:
    body = json.dumps(order).encode()
    return await client.post("/hook", content=body, headers=signature(body, secret))


async def told(desk: Desk) -> list[dict[str, Any]]:
    """What waits for the portal, in order."""
    async with desk.pool.connection() as conn:
        found = await conn.execute("SELECT body FROM outbox ORDER BY id")
        return [row["body"] for row in await found.fetchall()]


async def row(desk: Desk, statement: str) -> dict[str, Any]:
    async with desk.pool.connection() as conn:
        found = await conn.execute(statement)
        return await found.fetchone() or {}
