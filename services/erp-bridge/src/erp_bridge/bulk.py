"""Many records at once, a line each: one bad record loses none of the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from chassis.decider import Invalid, NotFound
from chassis.room import Context
from litestar import Request, Response, post
from litestar.params import FromPath

from erp_bridge.connections import FirmOfKey
from erp_bridge.records import RECORDS
from erp_bridge.taking import Line, read_line, take

NDJSON = "application/x-ndjson"
BATCH = 400
LONGEST = 1024 * 1024


async def lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes | None]]:
    """Number and text of each line that is not empty; None for one that is too long to be kept."""
    rest, number, too_long = b"", 0, False
    async for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for text in whole:
            number += 1
            if too_long or len(text) > LONGEST:
                yield number, None
            elif text.strip():
                yield number, text
            too_long = False
        if len(rest) > LONGEST:
            rest, too_long = b"", True
    if too_long:
        yield number + 1, None
    elif rest.strip():
        yield number + 1, rest


def read_one(collection: str, number: int, text: bytes | None) -> Line:
    if text is not None and len(text) <= LONGEST:
        return read_line(collection, number, text)
    line = Line(number)
    line.refuse(Invalid("This line is longer than 1 MB."))
    return line


@post("/bulk/{kind:str}", status_code=200, request_max_body_size=None, summary="Reports many records, a line each")
async def bulk(request: Request[Any, Any, Any], kind: FromPath[str], firm: FirmOfKey) -> Response[bytes]:
    if kind not in RECORDS:
        raise NotFound("There is no kind %(kind)s; there are %(kinds)s.", kind=kind, kinds=", ".join(RECORDS))
    ctx: Context = request.app.state.ctx
    answers: list[bytes] = []
    batch: list[Line] = []
    async for number, text in lines(request.stream()):
        batch.append(read_one(kind, number, text))
        if len(batch) == BATCH:
            await take(ctx, firm, batch)
            answers += written(batch)
            batch = []
    await take(ctx, firm, batch)
    # Only now: a client that sends all before it reads would otherwise wait for us, and we for it.
    return Response(b"".join([*answers, *written(batch)]), media_type=NDJSON)


def written(batch: list[Line]) -> Iterator[bytes]:
    return (msgspec.json.encode(line.answer()) + b"\n" for line in batch)
