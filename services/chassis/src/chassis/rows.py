"""Reads views: one document, many, or a page of a list that only shows what the asker may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg import AsyncCursor
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from chassis.pool import on_a_living_connection
from chassis.store import Connection
from chassis.views import AnyView, View

D = TypeVar("D", bound=BaseModel)
_OPERATORS = {"<", "<=", ">", ">=", "="}
Where = Mapping[str, Any]
MOST_WORDS = 12
"""Of a search; what comes after them narrows nothing any more, and an address could hold thousands."""


@dataclass(frozen=True)
class Page(Generic[D]):
    """`total` counts all that match, not only these."""

    items: list[D]
    total: int


@lru_cache(maxsize=20_000)
def _parsed(doc: type[D], text: str) -> D:
    """Documents are read far more often than they change; whoever reads one does not alter it."""
    return doc.model_validate_json(text)


class Rows:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def get(self, view: View[D], tenant: UUID, key: UUID | str) -> D | None:
        return await on_a_living_connection(self._pool, lambda conn: get(conn, view, tenant, key))

    async def many(self, view: View[D], tenant: UUID, keys: Iterable[UUID | str]) -> dict[str, D]:
        wanted = [(tenant, str(key)) for key in keys]
        return await on_a_living_connection(self._pool, lambda conn: many(conn, view, wanted))

    async def page(
        self,
        view: View[D],
        tenant: UUID,
        *,
        customer: UUID | None = None,
        sites: Collection[UUID] | None = None,
        where: Where | None = None,
        search: str = "",
        sort: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> Page[D]:
        condition, given = _condition(view, tenant, customer, sites, where or {}, search)
        query = f"SELECT doc::text FROM {view.table} WHERE {condition} {_order(view, sort)} LIMIT %s OFFSET %s"

        async def read(conn: Connection) -> Page[D]:
            found = await conn.execute(query, [*given, limit, offset], prepare=True)
            items = [_parsed(view.doc, row[0]) for row in await found.fetchall()]
            if len(items) < limit and (items or not offset):
                return Page(items, offset + len(items))
            counted = await conn.execute(f"SELECT count(*) FROM {view.table} WHERE {condition}", given, prepare=True)
            return Page(items, int((await counted.fetchone() or (0,))[0]))

        return await on_a_living_connection(self._pool, read)

    async def all(
        self,
        view: View[D],
        tenant: UUID,
        *,
        customer: UUID | None = None,
        sites: Collection[UUID] | None = None,
        where: Where | None = None,
        search: str = "",
        sort: str = "",
        limit: int = 10_000,
    ) -> list[D]:
        condition, given = _condition(view, tenant, customer, sites, where or {}, search)
        query = f"SELECT doc::text FROM {view.table} WHERE {condition} {_order(view, sort)} LIMIT %s"

        async def read(conn: Connection) -> list[D]:
            found = await conn.execute(query, [*given, limit])
            return [_parsed(view.doc, row[0]) for row in await found.fetchall()]

        return await on_a_living_connection(self._pool, read)

    async def count(
        self,
        view: View[D],
        tenant: UUID,
        *,
        customer: UUID | None = None,
        sites: Collection[UUID] | None = None,
        where: Where | None = None,
    ) -> int:
        condition, given = _condition(view, tenant, customer, sites, where or {}, "")

        async def read(conn: Connection) -> int:
            found = await conn.execute(f"SELECT count(*) FROM {view.table} WHERE {condition}", given)
            return int((await found.fetchone() or (0,))[0])

        return await on_a_living_connection(self._pool, read)


async def get(conn: Connection, view: View[D], tenant: UUID, key: UUID | str) -> D | None:
    found = await conn.execute(
        f"SELECT doc::text FROM {view.table} WHERE tenant = %s AND key = %s", [tenant, str(key)], prepare=True
    )
    row = await found.fetchone()
    return None if row is None else _parsed(view.doc, row[0])


async def across(
    conn: Connection, wanted: Sequence[tuple[AnyView, UUID, str]]
) -> dict[tuple[str, UUID, str], BaseModel]:
    """Documents of several views with one question: by the view's name, firm and key, as far as there are any."""
    groups: dict[tuple[str, UUID], tuple[AnyView, list[str]]] = {}
    for view, tenant, key in sorted(wanted, key=lambda one: (one[0].name, one[1], one[2])):
        groups.setdefault((view.name, tenant), (view, []))[1].append(key)
    if not groups:
        return {}
    places = list(groups)
    arms: list[str] = []
    given: list[Any] = []
    for (_, tenant), (view, keys) in groups.items():
        condition = "key = %s" if len(keys) == 1 else "key = ANY(%s)"
        arms.append(f"SELECT {len(arms)}, key, doc::text FROM {view.table} WHERE tenant = %s AND {condition}")
        given += [tenant, keys[0] if len(keys) == 1 else keys]
    found = await conn.execute(" UNION ALL ".join(arms), given, prepare=True)
    return {
        (*places[arm], key): _parsed(groups[places[arm]][0].doc, text)  # type: ignore[arg-type]
        for arm, key, text in await found.fetchall()
    }


async def many(conn: Connection, view: View[D], wanted: Sequence[tuple[UUID, str]]) -> dict[str, D]:
    """By key. Keys are ids of our own, so that two tenants never have the same."""
    documents = await texts(conn, view, wanted)
    return {key: _parsed(view.doc, text) for (_, key), text in documents.items()}


async def texts(conn: Connection, view: View[D], wanted: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
    found = await ask_texts(conn, view, wanted)
    return {(tenant, key): text for tenant, key, text in await found.fetchall()}


async def ask_texts(conn: Connection, view: View[D], wanted: Sequence[tuple[UUID, str]]) -> AsyncCursor[Any]:
    return await conn.execute(
        f"SELECT v.tenant, v.key, v.doc::text FROM unnest(%b::uuid[], %b::text[]) AS w (tenant, key)"
        f" JOIN {view.table} v ON v.tenant = w.tenant AND v.key = w.key",
        [[tenant for tenant, _ in wanted], [key for _, key in wanted]],
        prepare=True,
    )


def _condition(
    view: View[Any], tenant: UUID, customer: UUID | None, sites: Collection[UUID] | None, where: Where, search: str
) -> tuple[str, list[Any]]:
    parts, given = ["tenant = %s"], [tenant]
    values: list[Any] = given
    if customer is not None:
        parts.append("customer = %s")
        values.append(customer)
    if sites is not None:
        parts.append("(site IS NULL OR site = ANY(%s))")
        values.append(list(sites))
    for name, value in where.items():
        if value is None or value == "":
            continue
        column = _column(view, name)
        if isinstance(value, tuple):
            operator, value = value
            if operator not in _OPERATORS:
                raise ValueError(f"{operator} is no comparison")
            parts.append(f"{column} {operator} %s")
        elif isinstance(value, (list, set, frozenset)):
            parts.append(f"{column} = ANY(%s)")
            value = list(value)
        else:
            parts.append(f"{column} = %s")
        values.append(value)
    for word in search.lower().split()[:MOST_WORDS]:
        parts.append("search LIKE %s")
        values.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    return " AND ".join(parts), values


def _order(view: View[Any], sort: str) -> str:
    name = sort.removeprefix("-")
    if not name:
        return "ORDER BY key"
    way = "DESC NULLS LAST" if sort.startswith("-") else "ASC NULLS LAST"
    return f"ORDER BY {_column(view, name)} {way}, key"


def _column(view: View[Any], name: str) -> str:
    if name not in view.columns:
        raise ValueError(f"view {view.name} has no column {name}")
    return f"c_{name}"
