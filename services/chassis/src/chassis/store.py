"""The log of a room: every event that it said, each stream in its own order, appended only at the expected version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.base import Event
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from chassis import schema
from chassis.decider import Asker
from chassis.events import Meta, grouped_by, partition_of
from chassis.settings import PARTITIONS

TABLES = (
    *schema.made(schema.log, schema.relay),
    f"INSERT INTO relay (partition) SELECT * FROM generate_series(0, {PARTITIONS - 1}) ON CONFLICT DO NOTHING",
)

COLUMNS = (
    "id, tenant, stream, version, type, partition, number, at, user_id, user_name, customer, causation, request,"
    " traceparent, body"
)
TENANT, STREAM, VERSION, PARTITION, NUMBER, AT, BODY = 1, 2, 3, 5, 6, 7, 14
"""Where these stand in a row of the COLUMNS."""
_FIELDS = (
    "tenant, stream, version, id, type, body, at, user_id, user_name, customer, causation, request, traceparent,"
    " partition, public"
)
_TYPES = (
    *("uuid", "text", "int", "uuid", "text", "text", "timestamptz", "uuid", "text", "uuid", "uuid", "uuid", "text"),
    *("smallint", "bool"),
)
_ONE = f"INSERT INTO log ({_FIELDS}) VALUES ({', '.join(['%s'] * len(_TYPES))})"
_MANY = f"INSERT INTO log ({_FIELDS}) SELECT * FROM unnest({', '.join(f'%b::{t}[]' for t in _TYPES)})"

_UUIDS = ("id", "tenant", "user", "customer", "causation", "request")
_COLUMN = {"time": "at", "user": "user_id", "room": "%s::text"}


def _as_json(name: str) -> str:
    column = _COLUMN.get(name, name)
    text = f"""'"' || {column} || '"'""" if name in _UUIDS else f"to_json({column})::text"
    return f"""'"{name}":' || coalesce({text}, 'null')"""


_META = " || ',' || ".join(map(_as_json, Meta.__struct_fields__))
_PUBLISHED = (
    f"""SELECT '[' || coalesce(string_agg('{{"meta":{{' || {_META} || '}},"body":' || to_json(body) || '}}', ','"""
    " ORDER BY number), '') || ']'"
    " FROM (SELECT * FROM log WHERE partition = %s AND number > %s AND number <= %s ORDER BY number LIMIT %s) AS page"
)

Connection = AsyncConnection[Any]


class Conflict(ConnectionError):
    """Somebody else appended to the stream meanwhile: load it again, decide again."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is said: the event or the request that led to it, and the trace that it belongs to."""

    causation: UUID | None = None
    request: UUID | None = None
    traceparent: str | None = None


Row = tuple[Any, ...]


def rows(
    tenant: UUID, stream: str, after: int, events: Sequence[Event], who: Asker, cause: Cause, now: datetime
) -> list[Row]:
    """The rows of new events, numbered on from version `after`."""
    return [
        (
            tenant,
            stream,
            after + place,
            uuid4(),
            type(event).__name__,
            event.model_dump_json(),
            now,
            who.user,
            who.name,
            vars(event).get("customer", who.customer),
            cause.causation,
            cause.request,
            cause.traceparent,
            partition_of(grouped_by(event, stream)),
            event.public,
        )
        for place, event in enumerate(events, 1)
    ]


@contextmanager
def conflicts() -> Iterator[None]:
    """In a pipeline it is only told with a later answer that a version exists already."""
    try:
        yield
    except UniqueViolation as error:
        if error.diag.constraint_name != "log_pkey":
            raise
        raise Conflict("the stream has grown meanwhile") from error


async def insert(conn: Connection, new: Sequence[Row]) -> None:
    """Conflict if one of the versions exists already."""
    with conflicts():
        if len(new) == 1:
            await conn.execute(_ONE, new[0], prepare=True)
        elif new:
            await conn.execute(_MANY, [list(column) for column in zip(*new, strict=True)], prepare=True)


async def append(
    conn: Connection,
    tenant: UUID,
    stream: str,
    events: Sequence[Event],
    who: Asker,
    *,
    expected: int | None = None,
    cause: Cause | None = None,
    now: datetime | None = None,
) -> int:
    """The version of the last event. `expected=None`: after whatever is there. Conflict if it has grown."""
    if expected is None:
        found = await conn.execute(
            "SELECT coalesce(max(version), 0) FROM log WHERE tenant = %s AND stream = %s",
            [tenant, stream],
            prepare=True,
        )
        expected = (await found.fetchone() or (0,))[0]
    moment = now or datetime.now(UTC)
    await insert(conn, rows(tenant, stream, expected, events, who, cause or Cause(), moment))
    return expected + len(events)


Wanted = tuple[UUID, str, int]
"""A stream and the version up to which it is known."""


async def load(conn: Connection, wanted: Sequence[Wanted]) -> list[tuple[UUID, str, int, str, str]]:
    """(tenant, stream, version, type, body) of all later events, each stream in its order."""
    if len(wanted) == 1:
        tenant, stream, _ = wanted[0]
        found = await conn.execute(
            "SELECT version, type, body FROM log WHERE tenant = %s AND stream = %s AND version > %s ORDER BY version",
            wanted[0],
            prepare=True,
        )
        return [(tenant, stream, *row) for row in await found.fetchall()]
    found = await conn.execute(
        "SELECT l.tenant, l.stream, l.version, l.type, l.body"
        " FROM unnest(%b::uuid[], %b::text[], %b::int[]) AS w (tenant, stream, version)"
        " JOIN log l ON l.tenant = w.tenant AND l.stream = w.stream AND l.version > w.version"
        " ORDER BY l.tenant, l.stream, l.version",
        [list(column) for column in zip(*wanted, strict=True)],
        prepare=True,
    )
    return await found.fetchall()


async def numbered(conn: Connection, partition: int, after: int, limit: int, upto: int) -> list[Row]:
    """The COLUMNS of public events in the order of their numbers."""
    found = await conn.execute(
        f"SELECT {COLUMNS} FROM log WHERE partition = %s AND number > %s AND number <= %s ORDER BY number LIMIT %s",
        [partition, after, upto, limit],
        prepare=True,
    )
    return await found.fetchall()


async def published(
    conn: Connection, room: str, partition: int, after: int, limit: int, upto: int | None = None
) -> str:
    """Public events with their numbers, in order, as the JSON of a list of Recorded: made where they lie."""
    upto = upto if upto is not None else 2**62
    found = await conn.execute(_PUBLISHED, [room, partition, after, upto, limit], prepare=True)
    return str((await found.fetchone() or ("[]",))[0])
