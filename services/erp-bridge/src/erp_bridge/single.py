"""One record at a time, as an ERP sends it when somebody saves a form there."""

from __future__ import annotations

from typing import Any

import msgspec
from chassis.decider import Invalid, NotFound
from chassis.room import Context
from litestar import Request, Response, get, put
from litestar.params import FromPath

from erp_bridge.connections import FirmOfKey
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


# Other numbers than a customer's may contain slashes, as invoices have them; there, more follows the number.
PATHS = [f"/{collection}/{{number:{'str' if collection == 'customers' else 'path'}}}" for collection in RECORDS]
PREFIX = "/erp/v1"


def name_of(request: Request[Any, Any, Any], number: str) -> tuple[str, str]:
    """Collection and number from the path."""
    return request.scope["path"].removeprefix(PREFIX).split("/")[1], number.removeprefix("/")


@put(PATHS, status_code=200, summary="Reports a record, new or changed")
async def put_record(request: Request[Any, Any, Any], number: FromPath[Any], firm: FirmOfKey) -> Response[Any]:
    collection, number = name_of(request, str(number))
    body = await body_of(request)
    if body.get("number", number) != number:
        raise Invalid("The number in the body is another one than in the path.", field="number")
    line = read(collection, 1, {**body, "number": number})
    await take(request.app.state.ctx, firm, [line])
    if line.problem:
        return answered(line.problem["status"], line.problem)
    return Response({"number": number, "status": line.status}, status_code=201 if line.status == "created" else 200)


@get(PATHS, summary="The last report about a thing")
async def get_record(request: Request[Any, Any, Any], number: FromPath[Any], firm: FirmOfKey) -> dict[str, Any]:
    name = name_of(request, str(number))
    ctx: Context = request.app.state.ctx
    async with ctx.single.connection() as conn:
        found = await last_reports(conn, firm.tenant, [name])
    if not found:
        raise NotFound("Nothing was reported under this number.")
    return dict(found[name].known.report)
