"""What machines ask the desk: the portal pushes orders, data are brought in, and it tells whether it is well."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from desk import external, records
from desk.web import after, the_desk, with_key


@post("/hook", status_code=200)
async def pushed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The answer with our number is the acknowledgement."""
    desk, body = the_desk(request), await request.body()
    external.verify(desk.settings.webhook_secret, body, dict(request.headers))
    async with desk.pool.connection() as conn:
        return {"erp_number": await external.take(conn, json.loads(body))}


@get("/hook/{reference:uuid}")
async def looked_up(request: Request[Any, Any, Any], reference: FromPath[UUID]) -> dict[str, Any]:
    desk = the_desk(request)
    external.verify(desk.settings.webhook_secret, b"", dict(request.headers))
    async with desk.pool.connection() as conn:
        row = await external.known(conn, str(reference))
    return {"erp_number": row["erp_number"], "cancelled": row["cancelled"]}


@post("/import/{kind:str}", status_code=200)
async def brought_in(request: Request[Any, Any, Any], kind: FromPath[str]) -> dict[str, int]:
    """NDJSON or a JSON array of records of one kind, as the ERP API of the portal writes them; all or nothing."""
    with_key(request)
    desk, given = the_desk(request), records.lines(await request.body())
    async with desk.pool.connection() as conn:
        changed = await records.take(conn, kind, given)
    desk.records_changed.set()
    return {"taken": len(given), "changed": changed}


@get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


@get("/health/ready")
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    try:
        async with the_desk(request).pool.connection(timeout=2) as conn:
            await conn.execute("SELECT 1")
    except Exception as error:
        return Response({"status": "not ready", "why": str(error)}, status_code=503)
    return Response({"status": "ready"})


@get("/")
async def start() -> Redirect:
    return after("/customers")


ROUTES = (pushed, looked_up, brought_in, live, ready, start)
