"""Everybody who comes passes here: to which firm, who, in which language, and is the form really from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from chassis.decider import NotAllowed
from chassis.remembering import Remembered
from contracts.values import Address, Branding
from litestar import Request

from gateway import later, safety, session
from gateway.forms import without_nul
from gateway.later import Later
from gateway.page import Ask, _
from gateway.showing import Frame
from gateway.who import TenantDoc
from gateway.words import LANGUAGES, preferred, translations

if TYPE_CHECKING:
    from chassis.room import Context

NOBODY = TenantDoc(
    tenant=UUID(int=0),
    name="Hoftor",
    domains=(),
    branding=Branding(),
    sender="",
    quote_address="",
    phone="",
    address=Address(street="-", postal_code="00000", city="-"),
    region="NW",
    map_tiles="",
    terms_version="",
    privacy_version="",
)
"""For a page that must be shown although it is not known for whom."""


@dataclass
class Visit:
    """A request that has passed the gate."""

    ask: Ask
    frame: Frame
    known: bool = True
    """False: no firm has this domain."""
    settling: bool = False


def is_secure(request: Request[Any, Any, Any], ctx: Context) -> bool:
    """Whether the browser speaks HTTPS: with us, or with the proxy in front of us."""
    return request.scope["scheme"] == "https" or (
        behind_a_proxy(ctx) and request.headers.get("x-forwarded-proto", "https") == "https"
    )


def behind_a_proxy(ctx: Context) -> bool:
    """The room itself speaks plain http: if customers see https, a proxy of ours stands before it."""
    return ctx.settings.gateway_url.startswith("https://")


def ip_of(request: Request[Any, Any, Any], ctx: Context) -> str:
    """The last address that the proxy of ours wrote down; what stands before it anybody can claim."""
    forwarded = request.headers.get("x-forwarded-for", "") if behind_a_proxy(ctx) else ""
    return forwarded.rpartition(",")[2].strip() or (request.client.host if request.client else "")


def host_of(request: Request[Any, Any, Any]) -> str:
    return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""


async def pass_through(request: Request[Any, Any, Any]) -> Visit:
    """Waits a little, if the visitor has just changed something, until the portal has heard of it."""
    ctx: Context = request.app.state.ctx
    secure, cookies = is_secure(request, ctx), request.cookies
    sealed = cookies.get(session.cookie_name(secure, later.PURPOSE), "")
    told = later.unsealed(ctx.key(later.PURPOSE), sealed) if sealed else Later()
    heard = await later.heard(ctx, told) if request.method == "GET" else True
    token = cookies.get(session.cookie_name(secure), "")
    async with ctx.single.connection() as conn:
        arrival = await session.arrive(conn, host_of(request), token)
    visitor = arrival.me if arrival else None
    ask = Ask(
        ctx=ctx,
        tenant=arrival.tenant if arrival else NOBODY,
        visitor=visitor,
        rows=Remembered(ctx.rows, ctx.memory, arrival.marks) if arrival else ctx.rows,
        language="",
        words=translations("en"),
        path=request.scope["path"],
        query={name: without_nul(value) for name, value in request.query_params.items()},
        key=uuid4(),
        ip=ip_of(request, ctx),
        host=request.headers.get("host", ""),
        secure=secure,
        token="",
    )
    speak(ask, visitor.language if visitor else _language_of(request, secure))
    settling = bool(arrival and arrival.settling)
    ask.token = token if visitor or settling else cookies.get(session.cookie_name(secure, "guest"), "")
    if not ask.token:
        ask.token = session.new_token()
        ask.cookies.append(session.cookie(secure, ask.token, "guest"))
    frame = Frame(csrf=session.csrf_of(ctx.key("csrf"), ask.token), key=str(ask.key), flashes=told.flashes)
    if sealed and request.method == "GET":
        if heard:
            ask.cookies.append(session.gone(secure, later.PURPOSE))
        else:
            frame.processing = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    return Visit(ask, frame, known=arrival is not None, settling=settling)


def speak(ask: Ask, language: str) -> None:
    ask.language = language
    ask.words = translations(language)


def _language_of(request: Request[Any, Any, Any], secure: bool) -> str:
    chosen = request.cookies.get(session.cookie_name(secure, "language"), "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def check_form(visit: Visit, request: Request[Any, Any, Any], csrf: str) -> None:
    """NotAllowed unless the form comes from a page that this very visitor was shown."""
    headers = request.headers
    safety.same_origin(headers.get("origin", ""), headers.get("sec-fetch-site", ""), visit.ask.host)
    if not session.csrf_fits(visit.ask.ctx.key("csrf"), visit.ask.token, csrf):
        raise NotAllowed(_("This page was open for too long. Please load it again and send it once more."))
