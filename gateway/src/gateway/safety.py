"""What every answer tells the browser, so that nothing foreign runs in the portal and nothing private stays behind."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from chassis.decider import NotAllowed

from gateway.page import _

PRIVATE = "no-store"
FOR_EVER = "public, max-age=31536000, immutable"


@lru_cache
def _tile_source(template: str) -> str:
    """Where map tiles may come from: `https://{s}.tile.example/…` allows `https://*.tile.example`."""
    parts = urlsplit(template)
    return f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""


def headers(secure: bool, map_tiles: str = "", cache: str = PRIVATE) -> dict[str, str]:
    return dict(_headers(secure, map_tiles, cache))


@lru_cache
def _headers(secure: bool, map_tiles: str, cache: str) -> dict[str, str]:
    sent = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
            f"img-src 'self' data: blob:{_tile_source(map_tiles)}; manifest-src 'self'; worker-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": cache,
        "Vary": "Accept, Accept-Language, Cookie",
    }
    if secure:
        sent["Strict-Transport-Security"] = "max-age=31536000"
    return sent


def same_origin(origin: str, fetch_site: str, host: str) -> None:
    """NotAllowed for a form that another site sends. Browsers tell it; programs without a browser say nothing."""
    if origin and urlsplit(origin).netloc.lower() != host.lower():
        raise NotAllowed(_("This form was sent from another site. Please open the page again."))
    if fetch_site in ("cross-site", "same-site"):
        raise NotAllowed(_("This form was sent from another site. Please open the page again."))
