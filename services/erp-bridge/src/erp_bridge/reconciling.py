"""Compares what the ERP has with what the portal has: what is missing, what is too much, what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from chassis.decider import Invalid
from chassis.room import Context
from chassis.store import Connection
from contracts.values import Number
from litestar import Request, post
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from erp_bridge.connections import Firm, FirmOfKey
from erp_bridge.known import last_reports
from erp_bridge.problems import invalid, no_such_thing
from erp_bridge.records import RECORDS, digest
from erp_bridge.single import body_of
from erp_bridge.views import is_taken_over, taken_over

EXTERNAL = "external-orders"
LARGEST = 64 * 1024 * 1024


class Listed(BaseModel):
    """A thing that the ERP has; fields that are not given are not compared."""

    model_config = ConfigDict(extra="forbid")

    number: Number
    fields: dict[str, Any] = Field(default_factory=dict)
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


class Reconciliation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    customer: Number | None = None
    records: list[Listed]


def compared(listed: Sequence[Listed], here: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """`here`: by number, what the portal knows of each thing."""
    numbers = {one.number for one in listed}
    different = []
    for one in listed:
        if one.number not in here:
            continue
        known = here[one.number]
        fields = {
            name: {"erp": value, "portal": known.get(name)}
            for name, value in one.fields.items()
            if known.get(name) != value
        }
        if fields or (one.hash and one.hash != digest(dict(known))):
            different.append({"number": one.number, "fields": fields})
    missing = sorted(numbers - here.keys())
    return {
        "same": len(numbers & here.keys()) - len({one["number"] for one in different}),
        "missing": missing,
        "extra": sorted(here.keys() - numbers),
        "different": different,
    }


@post("/reconciliation", status_code=200, request_max_body_size=LARGEST, summary="Compares the ERP's list with ours")
async def reconcile(request: Request[Any, Any, Any], firm: FirmOfKey) -> dict[str, Any]:
    try:
        wanted = Reconciliation.model_validate(await body_of(request))
    except ValidationError as error:
        raise invalid(error) from error
    if wanted.kind not in (*RECORDS, EXTERNAL):
        raise Invalid("There is no kind %(kind)s.", kind=wanted.kind, field="kind")
    ctx: Context = request.app.state.ctx
    async with ctx.single.connection() as conn:
        customer = await customer_of(conn, firm, wanted.customer) if wanted.customer else None
        ids: dict[str, UUID] = {}
        if wanted.kind == EXTERNAL:
            here = await external_orders(conn, firm.tenant, customer)
        else:
            here, ids = await records(conn, firm.tenant, wanted.kind, customer)
    known = await ctx.rows.many(taken_over, firm.tenant, ids.values()) if ids else {}
    on_the_way = [
        number for number, id in ids.items() if not is_taken_over(known.get(str(id)), here[number].get("status"))
    ]
    return {"kind": wanted.kind, **compared(wanted.records, here), "on_the_way": sorted(on_the_way)}


async def customer_of(conn: Connection, firm: Firm, number: str) -> UUID:
    found = await last_reports(conn, firm.tenant, [("customers", number)])
    if not found:
        raise no_such_thing("customer", number)
    return found["customers", number].known.id


async def records(
    conn: Connection, tenant: UUID, kind: str, customer: UUID | None
) -> tuple[dict[str, dict[str, Any]], dict[str, UUID]]:
    found = await conn.execute(
        "SELECT number, id, report FROM reported"
        " WHERE tenant = %s AND kind = %s AND (%s::uuid IS NULL OR customer = %s)",
        [tenant, kind, customer, customer],
    )
    rows = await found.fetchall()
    return {number: report for number, _, report in rows}, {number: id for number, id, _ in rows}


async def external_orders(conn: Connection, tenant: UUID, customer: UUID | None) -> dict[str, dict[str, Any]]:
    found = await conn.execute(
        "SELECT reference::text, acknowledged IS NOT NULL, erp_number, status FROM external_orders"
        " WHERE tenant = %s AND action = 'place' AND (%s::uuid IS NULL OR customer = %s)",
        [tenant, customer, customer],
    )
    return {
        reference: {
            "state": "handed-over" if acknowledged else "waiting",
            "erp_number": number,
            "status": status["status"] if status else None,
        }
        for reference, acknowledged, number, status in await found.fetchall()
    }
