"""Keys for one purpose each, derived from the shared secret, and the links that only they can make."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache


@lru_cache(maxsize=64)
def derive(secret: str, purpose: str) -> bytes:
    """32 bytes, the same in every room for the same purpose."""
    return hmac.new(secret.encode(), b"key:" + purpose.encode(), hashlib.sha256).digest()
