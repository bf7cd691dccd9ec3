"""Customers: their data, and the box „Online-Portal“ that opens the portal for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from desk import records, transfer
from desk.bridge import Unreachable
from desk.records import Refused
from desk.tables import Connection
from desk.web import Form, after, drawn, from_this_page, listed, the_desk


@dataclass
class Switch:
    portal: str = ""
    email: str = ""


@dataclass
class MasterData:
    name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""


@dataclass
class Invitation:
    what: str = ""


@get("/customers")
async def customers(request: Request[Any, Any, Any]) -> Response[str]:
    select = (
        "SELECT *, count(*) OVER () AS total,"
        " (SELECT count(*) FROM sites WHERE customer = customers.number) AS sites,"
        " (SELECT count(*) FROM containers WHERE customer = customers.number AND body->>'status' <> 'gone')"
        " AS containers FROM customers WHERE number ILIKE %(like)s OR body->>'name' ILIKE %(like)s"
        " OR body->'address'->>'city' ILIKE %(like)s ORDER BY body->>'name'"
    )
    return await listed(request, "customers.html", select)


@get("/customers/{number:str}")
async def customer(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[str]:
    return await shown(request, number)


async def shown(request: Request[Any, Any, Any], number: str, problem: str = "", email: str = "") -> Response[str]:
    async with the_desk(request).pool.connection() as conn:
        row = await records.one(conn, "customers", number)
        found = await conn.execute(
            "SELECT sites.number, body, (SELECT count(*) FROM containers WHERE containers.body->>'site' = sites.number"
            " AND containers.body->>'status' <> 'gone') AS containers FROM sites WHERE customer = %s ORDER BY number",
            (number,),
        )
        sites = await found.fetchall()
        parts = await transfer.progress(conn, number)
    return await drawn(
        request,
        "customer.html",
        problem=problem,
        status=409 if problem else 200,
        row=row,
        sites=sites,
        transfers=parts,
        email=email or row["portal_email"],
    )


@get("/customers/{number:str}/progress")
async def progress(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
    async with the_desk(request).pool.connection() as conn:
        row = await records.one(conn, "customers", number)
        parts = await transfer.progress(conn, number)
    if "application/json" in request.headers.get("accept", ""):
        said = {name: row[name] for name in ("portal", "portal_email", "transfer", "transfer_problem")}
        return Response(said | {"parts": parts})
    return await drawn(request, "progress.html", row=row, transfers=parts)


@post("/customers/{number:str}/portal")
async def switch(
    request: Request[Any, Any, Any], number: FromPath[str], data: Annotated[Switch, Form]
) -> Redirect | Response[str]:
    from_this_page(request)
    desk = the_desk(request)
    try:
        async with desk.pool.connection() as conn:
            await transfer.switch(conn, number, bool(data.portal), data.email.strip())
    except Refused as error:
        return await shown(request, number, str(error), data.email)
    desk.records_changed.set()
    # Often all is done in a moment, and the page shows how it went.
    for _ in range(10):
        await asyncio.sleep(0.1)
        async with desk.pool.connection() as conn:
            if (await records.one(conn, "customers", number))["transfer"] != "wanted":
                break
    return after(f"/customers/{number}")


@post("/customers/{number:str}")
async def save(
    request: Request[Any, Any, Any], number: FromPath[str], data: Annotated[MasterData, Form]
) -> Redirect | Response[str]:
    from_this_page(request)
    desk = the_desk(request)
    if not all((data.name.strip(), data.street.strip(), data.postal_code.strip(), data.city.strip())):
        return await shown(request, number, "Name und Anschrift müssen vollständig sein.")
    async with desk.pool.connection() as conn:
        await change_master_data(conn, number, data)
    desk.records_changed.set()
    return after(f"/customers/{number}?done=Gespeichert.")


async def change_master_data(conn: Connection, number: str, data: MasterData) -> None:
    row = await records.one(conn, "customers", number)
    address = row["body"]["address"] | {
        "street": data.street.strip(),
        "postal_code": data.postal_code.strip(),
        "city": data.city.strip(),
    }
    changed = {"name": data.name.strip(), "address": address, "phone": data.phone.strip(), "email": data.email.strip()}
    await records.change(conn, "customers", number, row["body"] | changed)


@post("/customers/{number:str}/invitation")
async def invitation(
    request: Request[Any, Any, Any], number: FromPath[str], data: Annotated[Invitation, Form]
) -> Redirect | Response[str]:
    from_this_page(request)
    desk = the_desk(request)
    async with desk.pool.connection() as conn:
        await records.one(conn, "customers", number)
    try:
        await desk.bridge.invitation(number, again=data.what == "again")
    except (Refused, Unreachable) as error:
        return await shown(request, number, str(error))
    done = "Die Einladung wird erneut gesendet." if data.what == "again" else "Die Einladung ist zurückgezogen."
    return after(f"/customers/{number}?done={done}")


ROUTES = (customers, customer, progress, switch, save, invitation)
