"""What is not there, not allowed or not working is said in the firm's design, with a way on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import structlog
from chassis.decider import Refused
from chassis.signing import NotSigned
from litestar import Request, Response
from litestar.types import ASGIApp, Receive, Scope, Send

from gateway import gate, safety, showing
from gateway.gate import Visit
from gateway.page import _
from gateway.words import preferred, translations

AnyRequest = Request[Any, Any, Any]

TITLES = {
    401: _("Please log in"),
    403: _("This is not for you"),
    404: _("This page does not exist"),
    405: _("This page does not exist"),
    409: _("That did not work"),
    413: _("That is too much at once"),
    422: _("That did not work"),
    429: _("One moment, please"),
    500: _("Something went wrong"),
    503: _("Not available at the moment"),
}
NOT_THERE = _("This page does not exist or is not meant for you.")
TOO_LARGE = _("The files are too large. Together they may have 25 MB.")
BROKEN = _("The error is ours and has been recorded. Please try again; if it happens again, please call us.")
NOT_REACHABLE = _("This part of the portal cannot be reached right now. Please try again in a few minutes.")
NO_PORTAL = _("There is no customer portal at this address. Please check the address that your firm gave you.")


async def refused(visit: Visit, request: AnyRequest, error: Refused) -> Response[bytes]:
    """NotSigned leads to the login and from there back to the page."""
    ask = visit.ask
    if isinstance(error, NotSigned) and not showing.wants_json(request):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = f"/login?next={quote(wanted)}" if request.method == "GET" and wanted != "/" else "/login"
        if request.headers.get("hx-request"):
            return showing.response(b"", showing.HTML, ask, 401, more={"HX-Redirect": to})
        return showing.redirect(to, ask)
    return await told(visit, request, error.status, ask.say(error.sentence, **error.params))


async def told(visit: Visit, request: AnyRequest, status: int, sentence: str) -> Response[bytes]:
    ask = visit.ask
    if showing.wants_json(request):
        return showing.problem(ask, status, sentence)
    view = {"status": status, "title": ask.say(TITLES.get(status, TITLES[409])), "sentence": sentence}
    content = await showing.html(ask, "pages/problem.html", view, visit.frame)
    return showing.response(content, showing.HTML, ask, status)


async def down(visit: Visit | None, request: AnyRequest) -> Response[bytes]:
    """A room, or our own database, does not answer."""
    if visit is None:
        return bare(request, 503, NOT_REACHABLE)
    return await told(visit, request, 503, visit.ask.say(NOT_REACHABLE))


def lost(visit: Visit, request: AnyRequest) -> Response[bytes]:
    return bare(request, 404, NO_PORTAL)


def bare(request: AnyRequest, status: int, sentence: str) -> Response[bytes]:
    """Without a firm, a visitor or a database."""
    language = preferred(request.headers.get("accept-language", ""))
    words = translations(language)
    view = {"title": words.gettext(TITLES[status]), "sentence": words.gettext(sentence)}
    content = (
        showing.templates(language)
        .get_template("pages/bare_problem.html")
        .render(page=view, language=language, tenant=gate.NOBODY)
    )
    return Response(content.encode(), status_code=status, media_type=showing.HTML, headers=safety.headers(False))


class Problem(Response[bytes]):
    """What happens outside of a page, an unknown address above all. Who asks is only then looked up."""

    def __init__(self, request: AnyRequest, status: int, sentence: str) -> None:
        super().__init__(b"", status_code=status)
        self._request, self._sentence = request, sentence

    def to_asgi_response(self, app: Any = None, request: Any = None, **rest: Any) -> ASGIApp:  # type: ignore[override]
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            made = await self._made()
            await made.to_asgi_response(app, self._request)(scope, receive, send)

        return answer

    async def _made(self) -> Response[bytes]:
        status = self.status_code or 500
        try:
            visit = await gate.pass_through(self._request)
            if not visit.known:
                return bare(self._request, 404, NO_PORTAL)
            return await told(visit, self._request, status, visit.ask.say(self._sentence))
        except Exception as error:
            structlog.get_logger().error("no page can be shown", path=self._request.url.path, why=repr(error))
            return bare(self._request, 503, NOT_REACHABLE)


def unknown(request: AnyRequest, error: Any) -> Response[bytes]:
    """An address that no page has, or an id that is none."""
    if error.status_code == 413:
        return Problem(request, 413, TOO_LARGE)
    return Problem(request, 404 if error.status_code < 500 else 500, NOT_THERE if error.status_code < 500 else BROKEN)


def broken(request: AnyRequest, error: Exception) -> Response[bytes]:
    structlog.get_logger().error("a page failed", path=request.url.path, why=repr(error), exc_info=error)
    return Problem(request, 500, BROKEN)
