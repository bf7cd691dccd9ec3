"""An external order becomes a transport order, is planned, driven and closed; the portal hears of each step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from desk import records
from desk.clock import today
from desk.external import known
from desk.records import Refused
from desk.tables import Connection

OVER = ("completed", "cancelled", "refused")


async def convert(conn: Connection, reference: str) -> str:
    """The number of the transport order, which has everything that the external order says."""
    external = await locked(conn, reference)
    order = external["body"]
    numbers = await conn.execute("SELECT nextval('transport_numbers') AS next")
    row = await numbers.fetchone()
    assert row is not None
    number = f"FA-{today().year}-{row['next']:05d}"
    body = {
        "kind": order["kind"],
        "site": order["site"]["number"],
        "container": (order.get("container") or {}).get("number"),
        "container_type": order["container_type"]["number"],
        "waste_type": order["waste_type"]["number"],
        "status": "accepted",
        "placed_on": str(order["placed_at"])[:10],
        "desired": order.get("desired"),
        "note": order.get("note") or "",
    }
    await conn.execute(
        "INSERT INTO orders (number, customer, body, reference) VALUES (%s, %s, %s, %s)",
        (number, order["customer"]["number"], Jsonb(body), reference),
    )
    await conn.execute(
        "UPDATE external_orders SET state = 'converted', order_number = %s WHERE reference = %s", (number, reference)
    )
    await tell(conn, reference, {"status": "converted", "number": number})
    return number


async def refuse(conn: Connection, reference: str, reason: str) -> None:
    """The customer reads the reason."""
    if not reason.strip():
        raise Refused("Bitte geben Sie einen Grund an: Der Kunde liest ihn.")
    await locked(conn, reference)
    await conn.execute(
        "UPDATE external_orders SET state = 'refused', reason = %s WHERE reference = %s", (reason, reference)
    )
    await tell(conn, reference, {"status": "refused", "reason": reason.strip()[:500]})


async def locked(conn: Connection, reference: str) -> dict[str, Any]:
    """A new external order, kept from being handled twice; Refused if it was handled already."""
    await conn.execute("SELECT 1 FROM external_orders WHERE reference = %s FOR UPDATE", (reference,))
    external = await known(conn, reference)
    match external["state"]:
        case "new":
            return external
        case "converted":
            raise Refused(f"Dieser Auftrag ist schon der Fahrauftrag {external['order_number']}.")
        case "refused":
            raise Refused("Dieser Auftrag wurde schon abgelehnt.")
        case _:
            raise Refused("Der Kunde hat diesen Auftrag storniert.")


async def open_order(conn: Connection, number: str) -> dict[str, Any]:
    await conn.execute("SELECT 1 FROM orders WHERE number = %s FOR UPDATE", (number,))
    order = await records.one(conn, "orders", number)
    if order["body"]["status"] in OVER:
        raise Refused("Dieser Fahrauftrag ist schon erledigt oder storniert.")
    return order


async def plan(conn: Connection, number: str, day: date, begins: str, ends: str, vehicle: str) -> None:
    """Again means: planned anew."""
    order = await open_order(conn, number)
    if day < today():
        raise Refused("Das Datum liegt in der Vergangenheit.")
    if begins and ends and ends <= begins:
        raise Refused("Die Zeit „bis“ muss nach der Zeit „von“ liegen.")
    window = {"day": day.isoformat(), **({"begins": begins} if begins else {}), **({"ends": ends} if ends else {})}
    await records.change(conn, "orders", number, order["body"] | {"status": "dispatched", "planned": window})
    said = {"status": "planned", **window, **({"vehicle": vehicle} if vehicle else {})}
    await tell(conn, order["reference"], said)


async def complete(conn: Connection, number: str, on: date, weight: int | None, container: str) -> None:
    """The driver was there: a placed container stands from now on, a fetched one is gone."""
    order = await open_order(conn, number)
    body = order["body"]
    if on > today():
        raise Refused("Das Datum liegt in der Zukunft.")
    if body["kind"] == "placement" and not container:
        drawn = await (await conn.execute("SELECT nextval('container_numbers') AS next")).fetchone()
        assert drawn is not None
        container = f"HB-{drawn['next']}"
    standing = container or body.get("container") or ""
    done = body | {"status": "completed", "completed_on": on.isoformat()}
    if weight is not None:
        done["weight_kg"] = weight
    if standing:
        done["container"] = standing
        await move(conn, standing, done, order["customer"])
    await records.change(conn, "orders", number, done)
    said: dict[str, Any] = {"status": "completed", "on": on.isoformat()}
    said |= {"weight_kg": weight} if weight is not None else {}
    said |= {"container_number": standing} if standing else {}
    await tell(conn, order["reference"], said)


async def move(conn: Connection, number: str, order: Mapping[str, Any], customer: str) -> None:
    gone = order["kind"] == "removal"
    if order["kind"] not in ("placement", "removal"):
        return
    body = {
        "site": order["site"],
        "container_type": order["container_type"],
        "waste_type": order["waste_type"],
        "status": "gone" if gone else "standing",
        "since": order["completed_on"],
    }
    found = await conn.execute("SELECT body FROM containers WHERE number = %s", (number,))
    there = await found.fetchone()
    if there is None:
        await conn.execute(
            "INSERT INTO containers (number, customer, body) VALUES (%s, %s, %s)", (number, customer, Jsonb(body))
        )
        return
    if not gone and there["body"].get("status") == "standing":
        raise Refused(f"Der Behälter {number} steht schon bei einem Kunden. Bitte prüfen Sie die Nummer.")
    await records.change(conn, "containers", number, body)


async def cancel(conn: Connection, number: str, reason: str) -> None:
    order = await open_order(conn, number)
    await records.change(conn, "orders", number, order["body"] | {"status": "cancelled"})
    await tell(conn, order["reference"], {"status": "cancelled", "reason": reason.strip()[:500]})


async def tell(conn: Connection, reference: UUID | str | None, body: Mapping[str, Any]) -> None:
    """In the same transaction as the step itself; an order of our own is reported as a record instead."""
    if reference is not None:
        await conn.execute("INSERT INTO outbox (reference, body) VALUES (%s, %s)", (reference, Jsonb(dict(body))))
