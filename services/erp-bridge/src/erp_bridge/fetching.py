"""The ERP fetches what customers ordered, at its own pace, and acknowledges what it has taken."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis.backoff import rung
from chassis.decider import NotFound
from chassis.room import Context
from contracts.values import Number
from litestar import Request, get, post
from litestar.params import FromPath, Parameter
from pydantic import BaseModel, ConfigDict, ValidationError

from erp_bridge.connections import FirmOfKey
from erp_bridge.handover import acknowledge
from erp_bridge.news import news
from erp_bridge.problems import invalid
from erp_bridge.single import body_of

Cursor = Annotated[int | None, Parameter(ge=0, description="from the answer before; without it: all not acknowledged")]
Limit = Annotated[int, Parameter(ge=1, le=500)]
Wait = Annotated[float, Parameter(ge=0, le=25, description="seconds to wait for something new")]


class Acknowledgement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    erp_number: Number
    action: Literal["place", "cancel"] = "place"


@get("/external-orders", summary="What customers ordered in the portal")
async def fetch(
    request: Request[Any, Any, Any], firm: FirmOfKey, after: Cursor = None, limit: Limit = 100, wait: Wait = 0
) -> dict[str, Any]:
    ctx: Context = request.app.state.ctx
    until = time.monotonic() + wait
    while True:
        coming = news.next
        items = await page(ctx, firm.tenant, after, limit)
        left = until - time.monotonic()
        if items or left <= 0:
            return {"items": items, "cursor": items[-1]["cursor"] if items else after or 0}
        await rung(coming, min(left, 0.5))


async def page(ctx: Context, tenant: UUID, after: int | None, limit: int) -> list[dict[str, Any]]:
    condition = "acknowledged IS NULL" if after is None else "cursor > %(after)s"
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            f"SELECT cursor, body FROM external_orders WHERE tenant = %(tenant)s AND {condition}"
            " ORDER BY cursor LIMIT %(limit)s",
            {"tenant": tenant, "after": after, "limit": limit},
            prepare=True,
        )
        return [{"cursor": cursor, **body} for cursor, body in await found.fetchall()]


@get("/external-orders/{reference:uuid}", summary="An external order by our reference")
async def look_up(request: Request[Any, Any, Any], reference: FromPath[UUID], firm: FirmOfKey) -> dict[str, Any]:
    ctx: Context = request.app.state.ctx
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "SELECT action, cursor, body, acknowledged IS NOT NULL, erp_number, status FROM external_orders"
            " WHERE tenant = %s AND reference = %s",
            [firm.tenant, reference],
            prepare=True,
        )
        actions = {action: known for action, *known in await found.fetchall()}
    if "place" not in actions:
        raise NotFound("There is no such external order.")
    cursor, body, acknowledged, erp_number, status = actions["place"]
    return {
        "cursor": cursor,
        **body,
        "state": "handed-over" if acknowledged else "waiting",
        "erp_number": erp_number,
        "cancelled_by_customer": "cancel" in actions,
        "status": status,
    }


@post("/external-orders/{reference:uuid}/acknowledge", status_code=200, summary="The ERP has taken an external order")
async def acknowledged(request: Request[Any, Any, Any], reference: FromPath[UUID], firm: FirmOfKey) -> dict[str, Any]:
    try:
        said = Acknowledgement.model_validate(await body_of(request))
    except ValidationError as error:
        raise invalid(error) from error
    changed = await acknowledge(request.app.state.ctx, firm, reference, said.action, said.erp_number)
    return {"reference": str(reference), "status": "changed" if changed else "unchanged"}
