"""External orders: what customers ordered in the portal, to be turned into transport orders or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from desk import dispatch, external
from desk.records import Refused
from desk.web import Form, after, drawn, listed, settled, the_desk


@dataclass
class Refusal:
    reason: str = ""


@get("/external-orders")
async def external_orders(request: Request[Any, Any, Any]) -> Response[str]:
    select = (
        "SELECT *, count(*) OVER () AS total FROM external_orders WHERE (%(state)s = 'all' OR state = %(state)s)"
        " AND (erp_number ILIKE %(like)s OR body->'customer'->>'name' ILIKE %(like)s"
        " OR body->'site'->>'name' ILIKE %(like)s OR body->'waste_type'->>'name' ILIKE %(like)s)"
        " ORDER BY received_at DESC, erp_number DESC"
    )
    return await listed(request, "external_orders.html", select, state=request.query_params.get("state", "new"))


@get("/external-orders/{reference:uuid}")
async def external_order(request: Request[Any, Any, Any], reference: FromPath[UUID]) -> Response[str]:
    return await shown(request, reference)


async def shown(request: Request[Any, Any, Any], reference: UUID, problem: str = "", reason: str = "") -> Response[str]:
    async with the_desk(request).pool.connection() as conn:
        row = await external.known(conn, str(reference))
    more: dict[str, Any] = {"row": row, "order": row["body"], "reason": reason}
    return await drawn(request, "external_order.html", problem=problem, status=409 if problem else 200, **more)


@post("/external-orders/{reference:uuid}/convert")
async def convert(request: Request[Any, Any, Any], reference: FromPath[UUID]) -> Redirect | Response[str]:
    try:
        number = await settled(request, lambda conn: dispatch.convert(conn, str(reference)))
    except Refused as error:
        return await shown(request, reference, str(error))
    return after(f"/orders/{number}")


@post("/external-orders/{reference:uuid}/refuse")
async def refuse(
    request: Request[Any, Any, Any], reference: FromPath[UUID], data: Annotated[Refusal, Form]
) -> Redirect | Response[str]:
    try:
        await settled(request, lambda conn: dispatch.refuse(conn, str(reference), data.reason))
    except Refused as error:
        return await shown(request, reference, str(error), data.reason)
    return after(f"/external-orders/{reference}?done=Abgelehnt. Der Kunde liest den Grund im Portal.")


ROUTES = (external_orders, external_order, convert, refuse)
