"""The envelope of an event: who, when, for which firm, and its place in the log. On Kafka as CloudEvents headers."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from contracts.base import Event

from chassis.settings import PARTITIONS


class Meta(msgspec.Struct, frozen=True, gc=False):
    """`number` counts the public events of a room and partition without a gap; `version` those of a stream."""

    id: UUID
    tenant: UUID
    stream: str
    version: int
    type: str
    room: str
    partition: int
    number: int | None
    time: datetime
    user: UUID | None
    user_name: str
    customer: UUID | None
    causation: UUID | None
    request: UUID | None
    traceparent: str | None


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """An event as it is stored and published: its envelope and its body as JSON."""

    meta: Meta
    body: str

    def event(self) -> Event:
        """ValueError for a body that does not fit its class, KeyError for a class that nobody knows."""
        return Event.recorded(self.meta.type, self.body)


class Unreadable(ValueError):
    """A Kafka record that is no event of ours."""


def partition_of(key: str) -> int:
    return zlib.crc32(key.encode()) % PARTITIONS


def grouped_by(event: Event, stream: str) -> str:
    """All events about one customer arrive in order; others in the order of their stream."""
    customer = vars(event).get("customer")
    return str(customer) if customer else stream


Headers = list[tuple[str, bytes]]
_ALWAYS: Headers = [("ce_specversion", b"1.0"), ("content-type", b"application/json")]


def headers(row: tuple[Any, ...], room: str) -> Headers:
    """CloudEvents 1.0 in Kafka's binary mode, from a row of the log; extension attributes for what they do not name."""
    id, tenant, stream, version, kind, _, number, at, user, name, customer, causation, request, trace, _ = row
    made = [
        *_ALWAYS,
        ("ce_id", str(id).encode()),
        ("ce_source", b"/hoftor/" + room.encode()),
        ("ce_type", kind.encode()),
        ("ce_time", at.isoformat().encode()),
        ("ce_subject", stream.encode()),
        ("ce_tenant", _told(tenant)),
        ("ce_streamversion", b"%d" % version),
        ("ce_number", b"%d" % number),
    ]
    if name:
        made.append(("ce_username", name.encode()))
    if trace:
        made.append(("traceparent", trace.encode()))
    if user is not None:
        made.append(("ce_user", _told(user)))
    if customer is not None:
        made.append(("ce_customer", _told(customer)))
    if causation is not None:
        made.append(("ce_causation", str(causation).encode()))
    if request is not None:
        made.append(("ce_request", str(request).encode()))
    return made


@lru_cache(maxsize=10_000)
def _told(whom: UUID) -> bytes:
    """Of a firm, a customer or a user, who are named again and again."""
    return str(whom).encode()


def read_headers(given: Iterable[tuple[str, bytes | None]], partition: int) -> Meta:
    """Unreadable if a needed header is missing, damaged or not UTF-8."""
    try:
        said = {name: value.decode() for name, value in given if value is not None}
        return Meta(
            id=UUID(said["ce_id"]),
            tenant=UUID(said["ce_tenant"]),
            stream=said["ce_subject"],
            version=int(said["ce_streamversion"]),
            type=said["ce_type"],
            room=said["ce_source"].removeprefix("/hoftor/"),
            partition=partition,
            number=int(said["ce_number"]),
            time=datetime.fromisoformat(said["ce_time"]),
            user=_uuid(said.get("ce_user")),
            user_name=said.get("ce_username", ""),
            customer=_uuid(said.get("ce_customer")),
            causation=_uuid(said.get("ce_causation")),
            request=_uuid(said.get("ce_request")),
            traceparent=said.get("traceparent"),
        )
    except (KeyError, ValueError) as error:
        raise Unreadable(f"not an event: {error!r}") from error


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def contiguous(events: Sequence[Recorded]) -> list[list[Recorded]]:
    """Cut wherever a number is missing; what repeats within is dropped."""
    runs: list[list[Recorded]] = []
    last = None
    for one in events:
        number = one.meta.number or 0
        if last is not None and number <= last:
            continue
        if last is None or number != last + 1:
            runs.append([])
        runs[-1].append(one)
        last = number
    return runs
