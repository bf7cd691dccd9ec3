"""What every room answers over HTTP: commands, its feed, its health and its metrics; refusals as problem+json."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from contracts.base import Command
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import ValidationError

from chassis import feed, telemetry
from chassis.backoff import TRANSIENT
from chassis.decider import NotFound, Refused
from chassis.signing import asker_of

if TYPE_CHECKING:
    from chassis.room import Context

PROBLEM = "application/problem+json"
LARGEST = 2 * 1024 * 1024


@post("/commands/{name:str}", status_code=200, include_in_schema=False)
async def commands(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    ctx: Context = request.app.state.ctx
    kind = ctx.decisions.commands.get(name)
    if kind is None:
        raise NotFound(f"There is no command {name} here.")
    who = await asker_of(request)
    command: Command = kind.model_validate_json(await request.body())
    began, outcome = time.perf_counter(), "failed"
    try:
        with telemetry.span(f"{ctx.room} {name}", request.headers.get("traceparent")):
            answer = await ctx.execute(command, who)
        outcome = "done"
    except Refused:
        outcome = "refused"
        raise
    finally:
        telemetry.COMMANDS.labels(ctx.room, name, outcome).inc()
        telemetry.SECONDS.labels(ctx.room, name).observe(time.perf_counter() - began)
    return Response(msgspec.json.encode(asdict(answer)), media_type="application/json")


@get("/health/live", include_in_schema=False)
async def live(state: State) -> dict[str, str]:
    return {"room": state.ctx.room}


@get("/health/ready", include_in_schema=False)
async def ready(state: State) -> Response[dict[str, Any]]:
    """Health is progress: 503 while the database is away or something that was begun does not go on."""
    report = await state.ctx.health()
    return Response(report, status_code=200 if report["ready"] else 503)


@get("/metrics", include_in_schema=False)
async def metrics() -> Response[bytes]:
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def problem(status: int, title: str, **more: Any) -> Response[bytes]:
    """RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    return Response(msgspec.json.encode(body, enc_hook=str), status_code=status, media_type=PROBLEM)


def refused(_: Any, error: Refused) -> Response[bytes]:
    return problem(
        error.status,
        type(error).__name__,
        detail=str(error),
        sentence=error.sentence,
        params={name: str(value) for name, value in error.params.items()},
    )


def not_valid(_: Any, error: ValidationError) -> Response[bytes]:
    wrong = [{"field": ".".join(map(str, one["loc"])), "detail": one["msg"]} for one in error.errors()]
    return problem(
        422, "Invalid", detail="Some entries are not valid.", sentence="Some entries are not valid.", errors=wrong
    )


def unable(_: Any, error: Exception) -> Response[bytes]:
    structlog.get_logger().warning("not able to answer now", why=str(error).strip() or repr(error))
    return problem(503, "Unavailable", detail="Not available at the moment. Please try again shortly.")


def http_error(_: Any, error: HTTPException) -> Response[bytes]:
    return problem(error.status_code, type(error).__name__, detail=error.detail)


def broken(_: Any, error: Exception) -> Response[bytes]:
    structlog.get_logger().error("a request failed", why=repr(error), exc_info=error)
    return problem(500, "Internal error", detail="Something went wrong here. It has been noted.")


HANDLERS: dict[Any, Any] = {
    Refused: refused,
    ValidationError: not_valid,
    HTTPException: http_error,
    **dict.fromkeys(TRANSIENT, unable),
    Exception: broken,
}


def application(ctx: Context, routes: Sequence[Any], **options: Any) -> Litestar:
    """`options` of Litestar that a room sets itself, say `middleware`; its exception handlers come before ours."""
    own_handlers = options.pop("exception_handlers", {})
    return Litestar(
        route_handlers=[commands, live, ready, metrics, *feed.ROUTES, *routes],
        exception_handlers=HANDLERS | own_handlers,
        state=State({"ctx": ctx}),
        openapi_config=options.pop("openapi_config", None),
        request_max_body_size=options.pop("request_max_body_size", LARGEST),
        debug=False,
        logging_config=None,
        **options,
    )
