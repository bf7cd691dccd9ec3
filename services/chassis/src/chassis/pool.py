"""Connections to the room's database. A server that started again leaves dead ones behind; nobody should notice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from chassis.store import Connection

T = TypeVar("T")
SECONDS = 6.0
_TRIES = 12  # more than a pool holds


def pool(url: str, size: int, *, autocommit: bool) -> AsyncConnectionPool:
    return AsyncConnectionPool(
        url, min_size=1, max_size=size, open=False, timeout=SECONDS, kwargs={"autocommit": autocommit}
    )


async def on_a_living_connection(connections: AsyncConnectionPool, work: Callable[[Connection], Awaitable[T]]) -> T:
    """For work that may be begun anew: reads, and appends at an expected version. OperationalError if it stays away.

    Of a pool with autocommit: there is nothing to commit here. What was broken off is rolled back as it is given back.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            conn = await connections.getconn()
            try:
                return await work(conn)
            finally:
                await connections.putconn(conn)
        except PoolTimeout:
            raise
        except OperationalError:
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")
