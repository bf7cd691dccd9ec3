"""Styles, scripts, pictures, the firm's colours and logo, and what a phone needs to install the portal as an app."""

from __future__ import annotations

import gzip
import json
import mimetypes
from functools import lru_cache
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from gateway import gate, safety, showing
from gateway.look.branding import manifest, tenant_stylesheet
from gateway.look.files import SERVICE_WORKER, STATIC, VERSION
from gateway.page import Ask

AnyRequest = Request[Any, Any, Any]
A_WHILE = "private, max-age=300"
LOGO_TYPES = {"image/png", "image/jpeg", "image/webp", "image/svg+xml"}
_COMPRESSED = {"text/css", "text/javascript", "image/svg+xml", "application/json"}
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2", ".ico": "image/x-icon"}


@lru_cache(maxsize=256)
def _file(path: str) -> tuple[bytes, bytes | None, str]:
    """Content, the same compressed if that is worth it, and its type. NotFoundException outside of the folder."""
    place = (STATIC / path).resolve()
    if not place.is_relative_to(STATIC) or not place.is_file():
        raise NotFoundException()
    data = place.read_bytes()
    kind = _TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    return data, gzip.compress(data, 9, mtime=0) if kind in _COMPRESSED else None, kind


def _sent(request: AnyRequest, path: str, cache: str) -> Response[bytes]:
    data, small, kind = _file(path)
    headers = safety.headers(False, cache=cache) | {"Vary": "Accept-Encoding"}
    if small and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(small, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return Response(data, media_type=kind, headers=headers)


@get("/look/{version:str}/{path:path}", include_in_schema=False, sync_to_thread=False)
def look(request: AnyRequest, version: FromPath[str], path: FromPath[str]) -> Response[bytes]:
    """For ever cacheable under the version of the day; an old page may still ask for an old one."""
    return _sent(request, path.lstrip("/"), safety.FOR_EVER if version == VERSION else "no-cache")


async def _ask(request: AnyRequest) -> Ask:
    visit = await gate.pass_through(request)
    visit.ask.cookies.clear()
    return visit.ask


@get("/look/tenant.css", include_in_schema=False)
async def colours(request: AnyRequest) -> Response[bytes]:
    ask = await _ask(request)
    branding = ask.tenant.branding
    return showing.response(
        tenant_stylesheet(branding.primary, branding.accent).encode(), "text/css", ask, cache=A_WHILE
    )


@get("/look/logo/{mark:str}", include_in_schema=False)
async def logo(request: AnyRequest, mark: FromPath[str]) -> Response[bytes]:
    """The address changes with the picture. An SVG is shown as a picture only: the policy lets nothing in it run."""
    ask = await _ask(request)
    file = ask.tenant.branding.logo
    if file is None or not file.sha256.startswith(mark) or file.media_type not in LOGO_TYPES:
        raise NotFoundException()
    sent = showing.response(await ask.ctx.files.get(file.sha256), file.media_type, ask, cache=safety.FOR_EVER)
    sent.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    # Mail programs show it as well.
    sent.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return sent


@get("/manifest.webmanifest", include_in_schema=False)
async def app_manifest(request: AnyRequest) -> Response[bytes]:
    ask = await _ask(request)
    name = ask.tenant.name
    said = manifest(name, name[:12].rstrip(), ask.tenant.primary, ask.language)
    return showing.response(json.dumps(said).encode(), "application/manifest+json", ask, cache=A_WHILE)


@get("/sw.js", include_in_schema=False, sync_to_thread=False)
def service_worker(request: AnyRequest) -> Response[bytes]:
    return _sent(request, SERVICE_WORKER.name, "no-cache")


@get("/favicon.ico", include_in_schema=False, sync_to_thread=False)
def favicon(request: AnyRequest) -> Response[bytes]:
    return _sent(request, "app/favicon.ico", A_WHILE)


@get("/offline", include_in_schema=False)
async def offline(request: AnyRequest) -> Response[bytes]:
    """Kept on the device by the service worker, so it shows nobody's data and no token."""
    ask = await _ask(request)
    ask.visitor = None
    frame = showing.Frame(csrf="", key="")
    return showing.response(await showing.html(ask, "offline.html", None, frame), showing.HTML, ask)


@get("/robots.txt", include_in_schema=False, sync_to_thread=False)
def robots() -> Response[bytes]:
    return Response(b"User-agent: *\nDisallow: /\n", media_type="text/plain", headers=safety.headers(False))


ROUTES = (look, colours, logo, app_manifest, service_worker, favicon, offline, robots)
