"""Takes in what the firm knows: customers, sites, containers, orders and invoices, and notices what has changed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from desk.tables import KINDS, Connection, table


class Refused(Exception):
    """A sentence that the dispatcher reads."""

    status = 409


class Unknown(Refused):
    """What was asked for is not there."""

    status = 404


async def take(conn: Connection, kind: str, records: list[dict[str, Any]]) -> int:
    """Takes records as the ERP API of the portal writes them, with `number` in each; how many differ from before.

    Invoices may bring `pdf`, the document in base64. Refused for what refers to something that is not there.
    """
    if kind not in KINDS:
        raise Unknown(f"Es gibt keine Datensätze der Art „{kind}“.")
    changed = 0
    for record in records:
        body = dict(record)
        number = str(body.pop("number", "")).strip()
        if not number:
            raise Refused("Ein Datensatz hat keine Nummer.")
        pdf = base64.b64decode(body.pop("pdf")) if "pdf" in body else None
        if pdf is not None:
            body["document"] = {"sha256": hashlib.sha256(pdf).hexdigest(), "name": f"Rechnung {number}.pdf"}
        customer = await customer_of(conn, kind, number, body)
        found = await conn.execute(
            f"INSERT INTO {table(kind)} (number, customer, body) VALUES (%s, %s, %s)"
            f" ON CONFLICT (number) DO UPDATE SET body = excluded.body, customer = excluded.customer,"
            f" version = nextval('versions') WHERE {table(kind)}.body IS DISTINCT FROM excluded.body RETURNING number",
            (number, customer, Jsonb(body)),
        )
        if await found.fetchone():
            changed += 1
            if pdf is not None:
                await conn.execute("UPDATE invoices SET pdf = %s WHERE number = %s", (pdf, number))
    return changed


async def customer_of(conn: Connection, kind: str, number: str, body: Mapping[str, Any]) -> str:
    """Whose record it is; empty for what belongs to nobody."""
    if kind == "customers":
        return number
    if kind in ("sites", "invoices"):
        customer = str(body.get("customer", ""))
        found = await conn.execute("SELECT number FROM customers WHERE number = %s", (customer,))
        if await found.fetchone() is None:
            raise Refused(f"{number}: Den Kunden „{customer}“ gibt es nicht.")
        return customer
    if kind in ("containers", "orders"):
        found = await conn.execute("SELECT customer FROM sites WHERE number = %s", (body.get("site"),))
        site = await found.fetchone()
        if site is None:
            raise Refused(f"{number}: Den Standort „{body.get('site')}“ gibt es nicht.")
        return str(site["customer"])
    return ""


def lines(data: bytes) -> list[dict[str, Any]]:
    """NDJSON, or one JSON array."""
    try:
        if data.lstrip().startswith(b"["):
            records = json.loads(data)
        else:
            records = [json.loads(line) for line in data.splitlines() if line.strip()]
    except ValueError as error:
        raise Refused(f"Die Daten sind kein JSON: {error}") from error
    if not all(isinstance(record, dict) for record in records):
        raise Refused("Jeder Datensatz muss ein JSON-Objekt sein.")
    return list(records)


async def one(conn: Connection, kind: str, number: str) -> dict[str, Any]:
    """Unknown if there is none."""
    found = await conn.execute(f"SELECT * FROM {table(kind)} WHERE number = %s", (number,))
    row = await found.fetchone()
    if row is None:
        raise Unknown("Diesen Datensatz gibt es nicht.")
    return row


async def names(conn: Connection, kind: str, numbers: set[str]) -> dict[str, dict[str, Any]]:
    """The bodies of several by number."""
    found = await conn.execute(f"SELECT number, body FROM {table(kind)} WHERE number = ANY(%s)", (sorted(numbers),))
    return {row["number"]: row["body"] for row in await found.fetchall()}


async def change(conn: Connection, kind: str, number: str, body: Mapping[str, Any]) -> None:
    """Writes the body of a record that is there; what is the same stays as it is."""
    await conn.execute(
        f"UPDATE {table(kind)} SET body = %(body)s, version = nextval('versions')"
        f" WHERE number = %(number)s AND body IS DISTINCT FROM %(body)s",
        {"body": Jsonb(dict(body)), "number": number},
    )
