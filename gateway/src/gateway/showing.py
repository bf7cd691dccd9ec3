"""One view, shown as whoever asks wants it: a page in the firm's design, JSON, or an Excel file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from jinja2 import Environment
from litestar import Request, Response
from pydantic import BaseModel, TypeAdapter

from gateway import safety
from gateway.later import Flash
from gateway.look.environment import environment
from gateway.page import Ask, Download, badges
from gateway.words import translations

FOLDER = Path(__file__).parent
JSON = "application/json"
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"
ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)

GIVEN = 200
_given: dict[tuple[Any, ...], tuple[Any, bytes]] = {}
"""The latest views and their bodies, the one asked for longest ago first."""


@cache
def templates(language: str) -> Environment:
    return environment(language, translations(language), [FOLDER])


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """By Accept; who does not care gets HTML."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


@dataclass
class Frame:
    """What stands round a page's own content."""

    csrf: str
    key: str
    flashes: Sequence[Flash] = ()
    processing: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)


async def html(ask: Ask, template: str, view: Any, frame: Frame) -> bytes:
    shown = (
        templates(ask.language)
        .get_template(template)
        .render(
            page=view,
            me=ask.visitor,
            tenant=ask.tenant,
            language=ask.language,
            path=ask.path,
            query=ask.query,
            badges=await badges(ask),
            csrf=frame.csrf,
            key=frame.key,
            flashes=frame.flashes,
            processing=frame.processing,
            errors=frame.errors,
            form=frame.form,
            tour=ask.path == "/" and ask.visitor is not None and not ask.visitor.tour_done,
        )
    )
    return shown.encode()


def json(view: Any) -> bytes:
    if isinstance(view, BaseModel):
        return view.__pydantic_serializer__.to_json(view)
    return ANYTHING.dump_json(view)


def json_again(ask: Ask, view: Any) -> bytes:
    """A program asks for the same page again and again. If the view equals the one that it was given last, so do the
    bytes; comparing takes no time, as long as both hold the very same documents."""
    asked = (ask.visitor and ask.visitor.user, ask.path, *ask.query.items())
    last = _given.pop(asked, None)
    body = last[1] if last and last[0] == view else json(view)
    _given[asked] = (view, body)
    if len(_given) > GIVEN:
        del _given[next(iter(_given))]
    return body


def response(
    content: bytes,
    kind: str,
    ask: Ask,
    status: int = 200,
    *,
    cache: str = safety.PRIVATE,
    more: Mapping[str, str] | None = None,
) -> Response[bytes]:
    sent = safety.headers(ask.secure, ask.tenant.map_tiles, cache) | dict(more or {})
    return Response(content, status_code=status, media_type=kind, headers=sent, cookies=list(ask.cookies))


def redirect(to: str, ask: Ask) -> Response[bytes]:
    """303: the browser reads the next page with GET. Only addresses of this portal."""
    return response(b"", HTML, ask, 303, more={"Location": inside(to)})


def inside(address: str) -> str:
    """The address if it lies in this portal, else the start page: `//elsewhere` and `/\\elsewhere` lead out."""
    return address if re.match(r"/(?![/\\])[^\x00-\x1f\\]*$", address) else "/"


def problem(ask: Ask, status: int, sentence: str, errors: Mapping[str, str] | None = None) -> Response[bytes]:
    """RFC 9457."""
    said: dict[str, Any] = {"type": "about:blank", "title": sentence, "status": status, "detail": sentence}
    if errors:
        said["errors"] = errors
    return response(msgspec.json.encode(said), PROBLEM, ask, status)


def download(ask: Ask, file: Download) -> Response[bytes]:
    way = "inline" if file.inline else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", file.name)
    sent = response(
        file.data,
        file.media_type,
        ask,
        cache=safety.FOR_EVER if file.lasting else safety.PRIVATE,
        more={"Content-Disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"},
    )
    # Chromium shows no PDF in a sandbox.
    sandbox = "" if file.media_type == "application/pdf" else "sandbox; "
    sent.headers["Content-Security-Policy"] = f"{sandbox}default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    return sent
