"""Every page and action is answered here: who may, what it says, and in which form."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import UUID

import structlog
from chassis import telemetry
from chassis.backoff import TRANSIENT
from chassis.decider import Invalid, NotFound, Refused
from chassis.signing import NotSigned
from litestar import HttpMethod, Request, Response
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler
from pydantic import ValidationError

from gateway import forms, gate, later, session, showing, spreadsheet
from gateway.forms import Body
from gateway.gate import Visit
from gateway.later import Flash
from gateway.page import ROUTES, Download, Route, Sent, _
from gateway.problems import down, lost, refused, told

LARGEST = 30 * 1024 * 1024
SMALL = 256 * 1024
"""Of a form without files: nobody makes us read more, above all not before the door."""
AnyRequest = Request[Any, Any, Any]

_UNREACHABLE = _("This is not available at the moment. Your input is kept; please try again in a minute.")


def handler(route: Route) -> HTTPRouteHandler:
    name = f"{route.method} {route.path}"

    async def answer(request: AnyRequest) -> Response[bytes]:
        # A trace begins here; what a browser claims about one is not heard.
        with telemetry.span(name):
            return await answered(route, request)

    answer.__annotations__ = {"request": Request, "return": Response}
    largest = LARGEST if route.form and forms.takes_files(route.form) else SMALL
    made = HTTPRouteHandler(
        route.path,
        http_method=HttpMethod(route.method),
        name=name,
        include_in_schema=False,
        request_max_body_size=largest,
    )
    return made(answer)


async def answered(route: Route, request: AnyRequest) -> Response[bytes]:
    visit: Visit | None = None
    try:
        visit = await gate.pass_through(request)
        if not visit.known:
            return lost(visit, request)
        if visit.settling and route.needs != "guest":
            return await settling(visit, request)
        if route.method == "GET":
            return await read(route, visit, request)
        return await done(route, visit, request)
    except Refused as error:
        assert visit is not None
        return await refused(visit, request, error)
    except TRANSIENT as error:
        structlog.get_logger().warning("not able to answer now", path=request.url.path, why=repr(error))
        return await down(visit, request)


async def read(route: Route, visit: Visit, request: AnyRequest) -> Response[bytes]:
    ask = visit.ask
    route.admit(ask.visitor)
    parameters = request.path_params
    if route.sheet and ask.query.get("format") == "xlsx":
        sheet = await route.sheet(ask, **parameters)
        data = await asyncio.to_thread(spreadsheet.workbook, sheet, ask.say)
        file = Download(data, f"{ask.say(sheet.name)} {ask.today.isoformat()}.xlsx", spreadsheet.MEDIA_TYPE)
        return showing.download(ask, file)
    view = await route.function(ask, **parameters)
    if isinstance(view, Sent):
        return await sent(visit, view, request)
    if isinstance(view, Download):
        return showing.download(ask, view)
    if route.template is None or showing.wants_json(request):
        told = showing.json_again(ask, view)
        return showing.response(told, showing.JSON, ask, more={"X-CSRF-Token": visit.frame.csrf})
    return showing.response(await showing.html(ask, route.template, view, visit.frame), showing.HTML, ask)


async def done(route: Route, visit: Visit, request: AnyRequest) -> Response[bytes]:
    ask = visit.ask
    if ask.visitor is None:
        await turned_away(route, request)
    try:
        body = await forms.read(request, route.form)
    except ClientException as error:
        if error.status_code == 413:
            raise
        raise Invalid(_("Please check this entry.")) from error
    gate.check_form(visit, request, body.csrf)
    route.admit(ask.visitor)
    if _is_uuid(body.key):
        ask.key = UUID(body.key)
        visit.frame.key = body.key
    try:
        given: dict[str, Any] = dict(request.path_params)
        if route.form:
            given["form"] = forms.fill(route.form, body.entered)
        return await sent(visit, await route.function(ask, **given), request)
    except ValidationError as error:
        return await again(route, visit, request, body, 422, forms.sentences(error, ask.words))
    except (NotSigned, NotFound):
        raise
    except Refused as error:
        field = str(getattr(error, "field", None) or error.params.get("field", ""))
        sentence = ask.say(error.sentence, **error.params)
        return await again(route, visit, request, body, error.status, {field: sentence})
    except TRANSIENT as error:
        structlog.get_logger().warning("not able to do it now", path=request.url.path, why=repr(error))
        return await again(route, visit, request, body, 503, {"": ask.say(_UNREACHABLE)})


async def turned_away(route: Route, request: AnyRequest) -> None:
    """NotSigned before anything that was sent is kept; it is heard out, or a browser would see a broken connection."""
    try:
        route.admit(None)
    except NotSigned:
        async for _piece in request.stream():
            continue
        raise


async def sent(visit: Visit, result: Sent | Download, request: AnyRequest) -> Response[bytes]:
    ask = visit.ask
    if isinstance(result, Download):
        return showing.download(ask, result)
    flashes = [Flash(result.kind, ask.say(result.flash))] if result.flash else []
    answers = list({id(one): one for one in (*ask.answers, *result.answers)}.values())
    told = later.later(flashes, answers)
    if told.flashes or told.places:
        sealed = later.sealed(ask.ctx.key(later.PURPOSE), told)
        ask.cookies.append(session.cookie(ask.secure, sealed, later.PURPOSE, later.LASTS))
    if showing.wants_json(request):
        said = {"to": result.to, "said": [flash.text for flash in flashes]}
        return showing.response(showing.json(said), showing.JSON, ask)
    return showing.redirect(result.to, ask)


async def again(
    route: Route, visit: Visit, request: AnyRequest, body: Body, status: int, errors: dict[str, str]
) -> Response[bytes]:
    """The page with the form once more, the input kept, each sentence beside its field."""
    ask = visit.ask
    ask.answers.clear()
    entered = forms.shown(body.entered)
    found = find(filled(route.back, {**entered, **request.path_params})) if route.back else None
    if showing.wants_json(request):
        if found:
            # NotFound comes before any word about the input, as it does for people.
            await found[0].function(ask, **found[1])
        return showing.problem(ask, status, next(iter(errors.values())), errors)
    if found is None:
        return await told(visit, request, status, next(iter(errors.values())))
    page, parameters, query = found
    page.admit(ask.visitor)
    assert page.template is not None
    ask.query, ask.path = query, filled(route.back, {**entered, **request.path_params}).partition("?")[0]
    view = await page.function(ask, **parameters)
    visit.frame.errors, visit.frame.form = errors, entered
    return showing.response(await showing.html(ask, page.template, view, visit.frame), showing.HTML, ask, status)


async def settling(visit: Visit, request: AnyRequest) -> Response[bytes]:
    """Registered a moment ago: the page asks again by itself until the portal knows the user."""
    ask = visit.ask
    if showing.wants_json(request):
        return showing.problem(ask, 503, ask.say(_("Your access is just being set up.")))
    visit.frame.processing = request.url.path
    content = await showing.html(ask, "pages/settling.html", None, visit.frame)
    return showing.response(content, showing.HTML, ask, 200)


def filled(back: str, values: dict[str, Any]) -> str:
    """`/orders/{order}` with what stands in the address or was entered."""
    return re.sub(r"\{(\w+)\}", lambda place: quote(str(values.get(place[1], "")), safe=""), back)


@cache
def _patterns() -> list[tuple[re.Pattern[str], Route, dict[str, str]]]:
    made = []
    for route in ROUTES:
        if route.method == "GET" and route.template:
            kinds = dict(re.findall(r"\{(\w+):(\w+)\}", route.path))
            pattern = re.sub(r"\{(\w+):\w+\}", r"(?P<\1>[^/]+)", route.path)
            made.append((re.compile(pattern + "$"), route, kinds))
    # A fixed address before one with places: /orders/new is not the order "new".
    return sorted(made, key=lambda one: len(one[2]))


def find(address: str) -> tuple[Route, dict[str, Any], dict[str, str]] | None:
    """The page at an address of the portal, with its parameters and its query."""
    parts = urlsplit(address)
    for pattern, route, kinds in _patterns():
        if match := pattern.match(parts.path):
            read = {"uuid": UUID, "int": int, "str": str}
            try:
                given = {name: read[kinds[name]](value) for name, value in match.groupdict().items()}
            except ValueError:
                continue
            return route, given, dict(parse_qsl(parts.query))
    return None


def _is_uuid(text: str) -> TypeGuard[str]:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
