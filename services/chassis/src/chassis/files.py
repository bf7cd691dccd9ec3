"""Files lie under the digest of their content: stored once, however often they come, and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url


def opened_store(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme == "file":
        Path(parts.path).mkdir(parents=True, exist_ok=True)
        return LocalStore(parts.path)
    return MemoryStore() if parts.scheme == "memory" else from_url(url)


class FileStoreAway(ConnectionError):
    """The file store does not answer now."""


@contextmanager
def answering() -> Iterator[None]:
    """What the store says in its own words, said as what goes away by itself."""
    try:
        yield
    except (NotFoundError, OSError):
        raise
    except BaseError as error:
        raise FileStoreAway(f"The file store does not answer: {error}") from error


class Files:
    def __init__(self, url: str) -> None:
        self._store = opened_store(url)

    async def put(self, data: bytes) -> str:
        """SHA-256 of the content in hex; it is on the disk (or in the bucket) when this returns."""
        digest = hashlib.sha256(data).hexdigest()
        if not await self.has(digest):
            with answering():
                await obstore.put_async(self._store, _place(digest), data)
        return digest

    async def get(self, sha256: str) -> bytes:
        """FileNotFoundError if nothing with this digest was ever stored."""
        try:
            with answering():
                found = await obstore.get_async(self._store, _place(sha256))
                return bytes(await found.bytes_async())
        except NotFoundError as error:
            raise FileNotFoundError(sha256) from error

    async def has(self, sha256: str) -> bool:
        try:
            with answering():
                await obstore.head_async(self._store, _place(sha256))
        except (NotFoundError, FileNotFoundError):
            return False
        return True


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
