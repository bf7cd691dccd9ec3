"""Transport orders: planned with day, hours and vehicle, and closed with the weight when the driver was there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from desk import dispatch, records
from desk.records import Refused
from desk.tables import Connection
from desk.web import Form, after, drawn, listed, settled, the_desk

STATES = ("accepted", "dispatched", "completed", "refused", "cancelled")


@dataclass
class Plan:
    day: str = ""
    begins: str = ""
    ends: str = ""
    vehicle: str = ""


@dataclass
class Completion:
    on: str = ""
    weight: str = ""
    container: str = ""


@dataclass
class Cancellation:
    reason: str = ""


@get("/orders")
async def orders(request: Request[Any, Any, Any]) -> Response[str]:
    state = request.query_params.get("state", "todo")
    states = {"todo": ["accepted", "dispatched", "placed"], "all": ["placed", *STATES]}.get(state, [state])
    select = (
        "SELECT o.number, o.body, o.reference, c.body->>'name' AS customer_name, s.body AS site,"
        " w.body->>'name' AS waste_type, t.body->>'name' AS container_type, count(*) OVER () AS total"
        " FROM orders o JOIN customers c ON c.number = o.customer JOIN sites s ON s.number = o.body->>'site'"
        " LEFT JOIN waste_types w ON w.number = o.body->>'waste_type'"
        " LEFT JOIN container_types t ON t.number = o.body->>'container_type'"
        " WHERE o.body->>'status' = ANY(%(states)s) AND (o.number ILIKE %(like)s OR c.body->>'name' ILIKE %(like)s"
        " OR s.body->>'name' ILIKE %(like)s OR w.body->>'name' ILIKE %(like)s"
        " OR o.body->>'container' ILIKE %(like)s)"
        " ORDER BY o.body->>'placed_on' DESC, o.number DESC"
    )
    return await listed(request, "orders.html", select, state=state, states=states)


@get("/orders/{number:str}")
async def order(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[str]:
    return await shown(request, number)


async def shown(
    request: Request[Any, Any, Any], number: str, problem: str = "", form: Plan | Completion | None = None
) -> Response[str]:
    async with the_desk(request).pool.connection() as conn:
        row = await records.one(conn, "orders", number)
        body = row["body"]
        known = {
            "customer": (await records.one(conn, "customers", row["customer"]))["body"],
            "site": (await records.names(conn, "sites", {body["site"]})).get(body["site"]),
            "waste": (await records.names(conn, "waste-types", {body["waste_type"]})).get(body["waste_type"], {}),
            "type": (await records.names(conn, "container-types", {body["container_type"]})).get(
                body["container_type"], {}
            ),
        }
        found = await conn.execute("SELECT * FROM outbox WHERE reference = %s ORDER BY id", (row["reference"],))
        steps = await found.fetchall()
    more: dict[str, Any] = {"row": row, "order": body, "steps": steps, "over": body["status"] in dispatch.OVER, **known}
    plan = form if isinstance(form, Plan) else Plan(**planned(body, steps))
    done = form if isinstance(form, Completion) else Completion()
    status = 409 if problem else 200
    return await drawn(request, "order.html", problem=problem, status=status, plan=plan, completion=done, **more)


def planned(order: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, str]:
    window = order.get("planned") or {"day": order.get("desired") or ""}
    vehicles = [step["body"].get("vehicle", "") for step in steps if step["body"]["status"] == "planned"]
    return {**window, "vehicle": vehicles[-1] if vehicles else ""}


async def step(
    request: Request[Any, Any, Any],
    number: str,
    form: Plan | Completion | None,
    do: Callable[[Connection], Awaitable[None]],
    done: str,
) -> Redirect | Response[str]:
    try:
        await settled(request, do)
    except Refused as error:
        return await shown(request, number, str(error), form)
    return after(f"/orders/{number}?done={done}")


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("Bitte geben Sie ein Datum an.") from error


@post("/orders/{number:str}/plan")
async def plan(
    request: Request[Any, Any, Any], number: FromPath[str], data: Annotated[Plan, Form]
) -> Redirect | Response[str]:
    async def do(conn: Connection) -> None:
        await dispatch.plan(conn, number, a_day(data.day), data.begins[:5], data.ends[:5], data.vehicle.strip()[:60])

    return await step(request, number, data, do, "Disponiert. Der Kunde erhält den Termin per E-Mail.")


@post("/orders/{number:str}/complete")
async def complete(
    request: Request[Any, Any, Any], number: FromPath[str], data: Annotated[Completion, Form]
) -> Redirect | Response[str]:
    async def do(conn: Connection) -> None:
        weight = data.weight.replace(".", "").strip()
        if weight and not (weight.isdecimal() and int(weight) <= 100_000):
            raise Refused("Das Gewicht muss eine ganze Zahl von 0 bis 100.000 kg sein.")
        on = a_day(data.on)
        await dispatch.complete(conn, number, on, int(weight) if weight else None, data.container.strip()[:64])

    return await step(request, number, data, do, "Abgeschlossen.")


@post("/orders/{number:str}/cancel")
async def cancel(
    request: Request[Any, Any, Any], number: FromPath[str], data: Annotated[Cancellation, Form]
) -> Redirect | Response[str]:
    async def do(conn: Connection) -> None:
        await dispatch.cancel(conn, number, data.reason)

    return await step(request, number, None, do, "Storniert.")


ROUTES = (orders, order, plan, complete, cancel)
