"""Links that work for one thing only: what stands in the mail is derived when it is sent and never stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID


def token(key: bytes, thing: UUID) -> str:
    """43 letters for the link to an invitation, a password reset …"""
    mark = hmac.new(key, b"link:" + thing.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def fits(key: bytes, thing: UUID, given: str) -> bool:
    return hmac.compare_digest(token(key, thing).encode(), given.encode())
