"""One record at a time, as an ERP sends it when somebody saves a form there."""

from __future__ import annotations

from typing import Any

import msgspec
from chassis.decider import Invalid, NotFound
from chassis.room import Context
from litestar import Request, Response, get, put

from erp_bridge.connections import Firm
from erp_bridge.known import last_reports
from erp_bridge.problems import answered
from erp_bridge.records import RECORDS
from erp_bridge.taking import read, take


async def body_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise Invalid("The body is not a JSON object.")
    return body


def check_kind(kind: str) -> None:
    if kind not in RECORDS:
        raise NotFound("There is no kind %(kind)s; there are %(kinds)s.", kind=kind, kinds=", ".join(RECORDS))


@put("/{kind:str}/{number:str}", status_code=200, summary="Reports a record, new or changed")
async def put_record(request: Request[Any, Any, Any], kind: str, number: str, firm: Firm) -> Response[Any]:
    check_kind(kind)
    body = await body_of(request)
    if body.get("number", number) != number:
        raise Invalid("The number in the body is another one than in the path.", field="number")
    line = read(kind, 1, {**body, "number": number})
    await take(request.app.state.ctx, firm, [line])
    if line.problem:
        return answered(line.problem["status"], line.problem)
    return Response({"number": number, "status": line.status}, status_code=201 if line.status == "created" else 200)


@get("/{kind:str}/{number:str}", summary="The last report about a thing")
async def get_record(request: Request[Any, Any, Any], kind: str, number: str, firm: Firm) -> dict[str, Any]:
    check_kind(kind)
    ctx: Context = request.app.state.ctx
    async with ctx.single.connection() as conn:
        found = await last_reports(conn, firm.tenant, [(kind, number)])
    if not found:
        raise NotFound("Nothing was reported under this number.")
    return dict(found[kind, number].known.report)
