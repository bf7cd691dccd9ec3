"""What Kafka lost or forgot is fetched from the owner's log, by its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import msgspec
from contracts.base import Event
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from chassis.asking import Unreachable
from chassis.decider import Asker, NotAllowed
from chassis.events import Recorded
from chassis.settings import Settings
from chassis.signing import asker_of, signed
from chassis.store import published

T = TypeVar("T")
PAGE = 2000
NOBODY = UUID(int=0)


@get("/feed", include_in_schema=False)
async def feed(
    request: Request[Any, Any, Any],
    partition: FromQuery[int],
    after: FromQuery[int],
    upto: FromQuery[int | None] = None,
) -> Response[bytes]:
    """Public events after a number, at most PAGE."""
    await rooms_only(request)
    ctx = request.app.state.ctx
    async with ctx.pool.connection() as conn:
        found = await published(conn, ctx.room, partition, after, PAGE, upto)
    return Response(found.encode(), media_type="application/json")


@get("/feed/heads", include_in_schema=False)
async def heads(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The last number of every partition."""
    await rooms_only(request)
    async with request.app.state.ctx.pool.connection() as conn:
        found = await conn.execute("SELECT partition, numbered FROM relay")
        said = {str(partition): numbered for partition, numbered in await found.fetchall()}
    return Response(msgspec.json.encode(said), media_type="application/json")


async def rooms_only(request: Request[Any, Any, Any]) -> None:
    if (await asker_of(request)).kind != "room":
        raise NotAllowed("Only rooms read the feed.")


ROUTES: Sequence[HTTPRouteHandler] = (feed, heads)


class Feeds:
    """Reads the feeds of the other rooms, and of one's own."""

    def __init__(self, settings: Settings, room: str, session: aiohttp.ClientSession) -> None:
        self._settings, self._room, self._session = settings, room, session

    async def after(self, room: str, partition: int, number: int, upto: int | None = None) -> list[Recorded]:
        """At most PAGE events; Unreachable while the owner is down."""
        query = f"partition={partition}&after={number}" + (f"&upto={upto}" if upto is not None else "")
        return await self._get(room, f"/feed?{query}", list[Recorded])

    async def heads(self, room: str) -> dict[int, int]:
        return {
            int(partition): number
            for partition, number in (await self._get(room, "/feed/heads", dict[str, int])).items()
        }

    async def _get(self, room: str, path: str, kind: type[T]) -> T:
        token = signed(self._settings.secret, Asker(NOBODY, "room", self._room))
        url = self._settings.url_of(room)
        if not url:
            raise Unreachable(f"the address of {room} is not set")
        try:
            async with self._session.get(url + path, headers={"Authorization": f"Bearer {token}"}) as answer:
                if answer.status != 200:
                    raise Unreachable(f"{url}{path} answered {answer.status}")
                return msgspec.json.decode(await answer.read(), type=kind)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(f"{url} does not answer: {error!r}") from error


def topics(events: Sequence[type[Event]]) -> list[str]:
    """The rooms that say these events."""
    private = [event.__name__ for event in events if not event.public]
    if private:
        raise ValueError(f"private events never leave their room: {', '.join(private)}")
    return sorted({event.room for event in events})
