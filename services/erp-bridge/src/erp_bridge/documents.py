"""The PDF of an invoice comes before the invoice, under the digest of its bytes."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import filetype
from chassis.decider import Invalid, NotFound
from chassis.room import Context
from litestar import Request, Response, get, put
from litestar.params import FromPath

from erp_bridge.connections import FirmOfKey
from erp_bridge.problems import TooLarge, WrongKind

LARGEST = 25 * 1024 * 1024
KINDS = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff"}


def media_type(data: bytes) -> str:
    """By content; WrongKind for all that is neither PDF nor a picture."""
    found = filetype.guess_mime(data[:8192])
    if found not in KINDS:
        raise WrongKind("Only PDF, PNG, JPEG, GIF, WebP and TIFF are taken, recognised by their content.")
    return str(found)


def check(sha256: str, data: bytes) -> str:
    """The media type of a document that may be stored."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Invalid("A document is named by the SHA-256 of its bytes, 64 hex digits in lower case.")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Invalid("The bytes do not have this SHA-256; perhaps they did not arrive whole.")
    return media_type(data)


async def received(request: Request[Any, Any, Any]) -> bytes:
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > LARGEST:
            raise TooLarge("A document may have 25 MB.")
    return bytes(data)


@put("/documents/{sha256:str}", status_code=200, request_max_body_size=None, summary="Stores a document")
async def put_document(
    request: Request[Any, Any, Any], sha256: FromPath[str], firm: FirmOfKey
) -> Response[dict[str, Any]]:
    data = await received(request)
    kind = check(sha256, data)
    ctx: Context = request.app.state.ctx
    await ctx.files.put(data)
    async with ctx.pool.connection() as conn:
        found = await conn.execute(
            "INSERT INTO documents (tenant, sha256, media_type, size) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING sha256",
            [firm.tenant, sha256, kind, len(data)],
        )
        created = await found.fetchone() is not None
    told = {"sha256": sha256, "media_type": kind, "size": len(data), "status": "created" if created else "unchanged"}
    return Response(told, status_code=201 if created else 200)


@get("/documents/{sha256:str}", summary="Says whether a document is there")
async def get_document(request: Request[Any, Any, Any], sha256: FromPath[str], firm: FirmOfKey) -> dict[str, Any]:
    ctx: Context = request.app.state.ctx
    async with ctx.single.connection() as conn:
        found = await conn.execute(
            "SELECT media_type, size FROM documents WHERE tenant = %s AND sha256 = %s", [firm.tenant, sha256]
        )
        row = await found.fetchone()
    if row is None:
        raise NotFound("There is no document with this SHA-256.")
    return {"sha256": sha256, "media_type": row[0], "size": row[1], "status": "unchanged"}
