"""What the ERP has reported before: looked up by its numbers, for many records at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.store import Connection
from contracts.values import derived_id

from erp_bridge.records import Record
from erp_bridge.reports import Known, thing_id

Name = tuple[str, str]
"""Collection and number."""


@dataclass
class Last:
    """The last report about a thing."""

    known: Known
    digest: str


async def last_reports(conn: Connection, tenant: UUID, names: Iterable[Name]) -> dict[Name, Last]:
    wanted = sorted(set(names))
    found = await conn.execute(
        "SELECT r.kind, r.number, r.id, r.customer, r.digest, r.report"
        " FROM unnest(%s::text[], %s::text[]) AS w (kind, number)"
        " JOIN reported r ON r.tenant = %s AND r.kind = w.kind AND r.number = w.number",
        [[kind for kind, _ in wanted], [number for _, number in wanted], tenant],
        prepare=True,
    )
    return {
        (kind, number): Last(Known(id, customer, report), digest)
        for kind, number, id, customer, digest, report in await found.fetchall()
    }


async def documents(conn: Connection, tenant: UUID, digests: Iterable[str]) -> dict[Name, Known]:
    found = await conn.execute(
        "SELECT sha256, media_type, size FROM documents WHERE tenant = %s AND sha256 = ANY(%s)",
        [tenant, sorted(set(digests))],
        prepare=True,
    )
    return {
        ("documents", sha256): Known(tenant, None, {"media_type": media_type, "size": size})
        for sha256, media_type, size in await found.fetchall()
    }


async def named_containers(conn: Connection, tenant: UUID, numbers: Iterable[str]) -> dict[str, UUID]:
    """Containers that do not go by the number under which they came: of the portal, or after an exchange."""
    found = await conn.execute(
        "SELECT number, container FROM container_numbers WHERE tenant = %s AND number = ANY(%s)",
        [tenant, sorted(set(numbers))],
        prepare=True,
    )
    return dict(await found.fetchall())


async def container_ids(conn: Connection, tenant: UUID, numbers: Sequence[str]) -> dict[str, UUID]:
    """The id of each container that is reported. A number set free by an exchange begins a new container."""
    ids = await named_containers(conn, tenant, numbers)
    own = {number: thing_id(tenant, "containers", number) for number in numbers if number not in ids}
    found = await conn.execute(
        "SELECT container FROM container_numbers WHERE tenant = %s AND container = ANY(%s)",
        [tenant, list(own.values())],
        prepare=True,
    )
    taken = {container for (container,) in await found.fetchall()}
    for number, id in own.items():
        ids[number] = await begun_anew(conn, tenant, number) if id in taken else id
    return ids


async def begun_anew(conn: Connection, tenant: UUID, number: str) -> UUID:
    place = 2
    while True:
        id = derived_id(tenant, "container", f"{number} ({place})")
        found = await conn.execute(
            "INSERT INTO container_numbers (tenant, number, container) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING container",
            [tenant, number, id],
        )
        if await found.fetchone():
            return id
        place += 1


async def name_container(conn: Connection, tenant: UUID, number: str, container: UUID) -> None:
    """From now on the container goes by this number, and by no other."""
    await conn.execute(
        "DELETE FROM container_numbers WHERE tenant = %s AND (number = %s OR container = %s)",
        [tenant, number, container],
    )
    if container != thing_id(tenant, "containers", number):
        await conn.execute(
            "INSERT INTO container_numbers (tenant, number, container) VALUES (%s, %s, %s)", [tenant, number, container]
        )


async def of_the_portal(conn: Connection, tenant: UUID, numbers: Iterable[str]) -> dict[str, UUID]:
    """Transport orders that began as orders of the portal, with their references."""
    found = await conn.execute(
        "SELECT transport_number, reference FROM external_orders WHERE tenant = %s AND transport_number = ANY(%s)",
        [tenant, sorted(set(numbers))],
        prepare=True,
    )
    return dict(await found.fetchall())


async def save(conn: Connection, tenant: UUID, saved: Sequence[tuple[Record, Known, str, str]]) -> None:
    """Record, what is known of it now, its digest and its report as JSON."""
    columns: list[list[Any]] = [
        [record.collection for record, *_ in saved],
        [record.number for record, *_ in saved],
        [known.id for _, known, *_ in saved],
        [known.customer for _, known, *_ in saved],
        [digest for _, _, digest, _ in saved],
        [report for *_, report in saved],
    ]
    await conn.execute(
        "INSERT INTO reported (tenant, kind, number, id, customer, digest, report) SELECT %s, * FROM"
        " unnest(%s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::jsonb[])"
        " ON CONFLICT (tenant, kind, number) DO UPDATE SET id = excluded.id, customer = excluded.customer,"
        " digest = excluded.digest, report = excluded.report, at = now()",
        [tenant, *columns],
        prepare=True,
    )
