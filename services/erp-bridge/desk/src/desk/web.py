"""Draws the pages of the desk, in German, and lets nobody else's page press its buttons."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jinja2
from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import MediaType, RequestEncodingType
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.params import Body
from litestar.response import Redirect, Response
from litestar.types import Message, Scope

from desk.clock import LOCAL, today
from desk.desk import Desk
from desk.records import Refused
from desk.tables import Connection

HERE = Path(__file__).parent
PAGE = 25
Form = Body(media_type=RequestEncodingType.URL_ENCODED)
T = TypeVar("T")
log = logging.getLogger("desk")

WORDS = {
    "placement": "Gestellung",
    "exchange": "Tausch",
    "emptying": "Leerung",
    "removal": "Abzug",
    "placed": "Eingegangen",
    "accepted": "Angenommen",
    "dispatched": "Disponiert",
    "completed": "Abgeschlossen",
    "refused": "Abgelehnt",
    "cancelled": "Storniert",
    "new": "Neu",
    "converted": "Umgewandelt",
    "ordered": "Bestellt",
    "standing": "Steht",
    "gone": "Abgeholt",
    "open": "Offen",
    "paid": "Bezahlt",
    "customers": "Stammdaten",
    "sites": "Standorte",
    "containers": "Behälter",
    "orders": "Aufträge",
    "invoices": "Rechnungen",
}


def day(value: Any) -> str:
    """„Mo., 02.03.2026“ of a date or of its text."""
    if not value:
        return "–"
    known = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return f"{('Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So')[known.weekday()]}., {known:%d.%m.%Y}"


def moment(value: datetime | str) -> str:
    known = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{known.astimezone(LOCAL):%d.%m.%Y, %H:%M} Uhr"


def kilograms(value: Any) -> str:
    return "–" if value is None else f"{value:,} kg".replace(",", ".")


def hours(window: dict[str, str] | None) -> str:
    if not window:
        return "–"
    begins, ends = window.get("begins"), window.get("ends")
    span = f", {begins}–{ends} Uhr" if begins and ends else f", ab {begins} Uhr" if begins else ""
    span = span or (f", bis {ends} Uhr" if ends else "")
    return day(window["day"]) + span


def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=day, moment=moment, kilograms=kilograms, hours=hours)
    made.filters["word"] = lambda value: WORDS.get(value, value)
    return made


TEMPLATES = environment()


async def drawn(
    request: Request[Any, Any, Any], template: str, *, problem: str = "", status: int = 200, **more: Any
) -> Response[str]:
    desk = the_desk(request)
    async with desk.pool.connection() as conn:
        found = await conn.execute(
            "SELECT (SELECT count(*) FROM external_orders WHERE state = 'new') AS new,"
            " (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND created_at < now() - interval '5 seconds') AS late"
        )
        counts = await found.fetchone()
    text = TEMPLATES.get_template(template).render(
        path=request.url.path,
        query=request.query_params,
        problem=problem,
        done=request.query_params.get("done", ""),
        counts=counts,
        away=bool(desk.trouble),
        today=today(),
        **more,
    )
    return Response(text, status_code=status, media_type=MediaType.HTML)


def the_desk(request: Request[Any, Any, Any]) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def after(path: str) -> Redirect:
    return Redirect(path, status_code=303)


def from_this_page(request: Request[Any, Any, Any]) -> None:
    """A form is taken from pages of the desk only."""
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise PermissionDeniedException("Dieses Formular kam nicht von dieser Seite.")


def with_key(request: Request[Any, Any, Any]) -> None:
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {the_desk(request).settings.api_key}".encode()):
        raise NotAuthorizedException("Der Schlüssel fehlt oder ist falsch.")


async def listed(
    request: Request[Any, Any, Any], template: str, select: str, *, state: str = "", **asked: Any
) -> Response[str]:
    """One page of what `select` finds: rows with their `total`. What is searched for stands in %(like)s."""
    given = request.query_params.get("page", "1")
    page = max(1, int(given)) if given.isdecimal() else 1
    search = request.query_params.get("search", "").strip()
    async with the_desk(request).pool.connection() as conn:
        found = await conn.execute(
            f"{select} LIMIT {PAGE} OFFSET %(offset)s",
            {"state": state, "like": f"%{search}%", "offset": (page - 1) * PAGE, **asked},
        )
        rows = await found.fetchall()
    total = rows[0]["total"] if rows else 0
    return await drawn(request, template, rows=rows, total=total, page=page, pages=-(-total // PAGE), state=state)


async def settled(request: Request[Any, Any, Any], do: Callable[[Connection], Awaitable[T]]) -> T:
    """Does what a form asks, in one transaction, and has the portal told of it."""
    from_this_page(request)
    desk = the_desk(request)
    async with desk.pool.connection() as conn:
        result = await do(conn)
    desk.something_to_send.set()
    desk.records_changed.set()
    return result


def refused(request: Request[Any, Any, Any], error: Refused) -> Response[Any]:
    if "text/html" in request.headers.get("accept", ""):
        text = TEMPLATES.get_template("refused.html").render(sentence=str(error))
        return Response(text, status_code=error.status, media_type=MediaType.HTML)
    return Response({"detail": str(error)}, status_code=error.status)


async def noted(error: Exception, scope: Scope) -> None:
    """What nobody meant to happen stands in the log with its place."""
    if not isinstance(error, (Refused, HTTPException)):
        log.error("%s %s failed", scope.get("method"), scope["path"], exc_info=error)


async def safe(message: Message, scope: Scope) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
            " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
