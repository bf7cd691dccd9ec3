"""Reads views: one document, many, or a page of a list that only shows what the asker may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar
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
Place = tuple[UUID, str]
"""Of a document in its view: firm and key."""
MOST_WORDS = 12
"""Of a search; what comes after them narrows nothing any more, and an address could hold thousands."""


@dataclass(frozen=True)
class Page(Generic[D]):
    """`total` counts all that match, not only these."""

    items: list[D]
    total: int


class Question(NamedTuple):
    """What is read of a view. `keys`: these documents; else those that the rest describes."""

    view: View[Any]
    tenant: UUID
    keys: tuple[str, ...] | None = None
    customer: UUID | None = None
    sites: frozenset[UUID] | None = None
    where: tuple[tuple[str, Any], ...] = ()
    search: str = ""
    sort: str = ""
    limit: int = 10_000
    offset: int = 0


class Found(NamedTuple):
    """Never changed: everybody who asks is handed a list of his own. By keys: in their order, None where none is."""

    docs: tuple[Any, ...]
    total: int


Read = Callable[[Connection, Question], Awaitable[Found]]


@lru_cache(maxsize=20_000)
def _parsed(doc: type[D], text: str) -> D:
    """Documents are read far more often than they change; whoever reads one does not alter it."""
    return doc.model_validate_json(text)


class Rows:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def get(self, view: View[D], tenant: UUID, key: UUID | str) -> D | None:
        found = await self._answer(Question(view, tenant, (str(key),)), _by_key)
        doc: D | None = found.docs[0]
        return doc

    async def many(self, view: View[D], tenant: UUID, keys: Iterable[UUID | str]) -> dict[str, D]:
        wanted = tuple(sorted({str(key) for key in keys}))
        found = await self._answer(Question(view, tenant, wanted), _by_key)
        return {key: doc for key, doc in zip(wanted, found.docs, strict=True) if doc is not None}

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
        asked = Question(view, tenant, None, customer, _set(sites), _given(where), search, sort, limit, offset)
        found = await self._answer(asked, _listed_and_counted)
        return Page(list(found.docs), found.total)

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
        asked = Question(view, tenant, None, customer, _set(sites), _given(where), search, sort, limit)
        return list((await self._answer(asked, _listed)).docs)

    async def count(
        self,
        view: View[D],
        tenant: UUID,
        *,
        customer: UUID | None = None,
        sites: Collection[UUID] | None = None,
        where: Where | None = None,
    ) -> int:
        asked = Question(view, tenant, None, customer, _set(sites), _given(where))
        return (await self._answer(asked, _counted)).total

    async def _answer(self, asked: Question, read: Read) -> Found:
        return await on_a_living_connection(self._pool, lambda conn: read(conn, asked))


async def _listed(conn: Connection, asked: Question) -> Found:
    condition, given = _condition(asked)
    view = asked.view
    kind: type[BaseModel] = view.doc
    query = f"SELECT doc::text FROM {view.table} WHERE {condition} {_order(view, asked.sort)} LIMIT %s OFFSET %s"
    found = await conn.execute(query, [*given, asked.limit, asked.offset], prepare=True)
    docs = tuple(_parsed(kind, row[0]) for row in await found.fetchall())
    return Found(docs, len(docs))


async def _counted(conn: Connection, asked: Question) -> Found:
    condition, given = _condition(asked)
    found = await conn.execute(f"SELECT count(*) FROM {asked.view.table} WHERE {condition}", given, prepare=True)
    return Found((), int((await found.fetchone() or (0,))[0]))


async def _listed_and_counted(conn: Connection, asked: Question) -> Found:
    docs = (await _listed(conn, asked)).docs
    if len(docs) < asked.limit and (docs or not asked.offset):
        return Found(docs, asked.offset + len(docs))
    return Found(docs, (await _counted(conn, asked)).total)


async def _by_key(conn: Connection, asked: Question) -> Found:
    keys = asked.keys or ()
    kind: type[BaseModel] = asked.view.doc
    found = await ask_texts(conn, [(asked.view, [(asked.tenant, key) for key in keys])])
    known = {key: _parsed(kind, text) for _, _, key, text in await found.fetchall()}
    return Found(tuple(known.get(key) for key in keys), len(known))


async def across(
    conn: Connection, wanted: Sequence[tuple[AnyView, UUID, str]]
) -> dict[tuple[str, UUID, str], BaseModel]:
    """Documents of several views with one question: by the view's name, firm and key, as far as there are any."""
    by_view: dict[str, tuple[AnyView, list[Place]]] = {}
    for view, tenant, key in sorted(wanted, key=lambda one: (one[0].name, one[1], one[2])):
        by_view.setdefault(view.name, (view, []))[1].append((tenant, key))
    if not by_view:
        return {}
    views = [view for view, _ in by_view.values()]
    found = await ask_texts(conn, list(by_view.values()))
    return {
        (views[number].name, tenant, key): _parsed(views[number].doc, text)
        for number, tenant, key, text in await found.fetchall()
    }


async def ask_texts(conn: Connection, wanted: Sequence[tuple[AnyView, Sequence[Place]]]) -> AsyncCursor[Any]:
    """Of several views at once: (number of the view in `wanted`, tenant, key, document)."""
    arms: list[str] = []
    given: list[Any] = []
    for number, (view, places) in enumerate(wanted):
        if len(places) == 1:
            arms.append(f"SELECT {number}, tenant, key, doc::text FROM {view.table} WHERE tenant = %s AND key = %s")
            given += places[0]
        else:
            arms.append(
                f"SELECT {number}, v.tenant, v.key, v.doc::text FROM unnest(%b::uuid[], %b::text[]) AS w (tenant, key)"
                f" JOIN {view.table} v ON v.tenant = w.tenant AND v.key = w.key"
            )
            given += [[tenant for tenant, _ in places], [key for _, key in places]]
    return await conn.execute(" UNION ALL ".join(arms), given, prepare=True)


def _set(sites: Collection[UUID] | None) -> frozenset[UUID] | None:
    return None if sites is None else frozenset(sites)


def _given(where: Where | None) -> tuple[tuple[str, Any], ...]:
    """Without what narrows nothing; several values are a set."""
    return tuple(
        (name, frozenset(value) if isinstance(value, (list, set)) else value)
        for name, value in (where or {}).items()
        if value is not None and value != ""
    )


def _condition(asked: Question) -> tuple[str, list[Any]]:
    parts, given = ["tenant = %s"], [asked.tenant]
    values: list[Any] = given
    if asked.customer is not None:
        parts.append("customer = %s")
        values.append(asked.customer)
    if asked.sites is not None:
        parts.append("(site IS NULL OR site = ANY(%s))")
        values.append(list(asked.sites))
    for name, value in asked.where:
        column = _column(asked.view, name)
        if isinstance(value, tuple):
            operator, value = value
            if operator not in _OPERATORS:
                raise ValueError(f"{operator} is no comparison")
            parts.append(f"{column} {operator} %s")
        elif isinstance(value, frozenset):
            parts.append(f"{column} = ANY(%s)")
            value = list(value)
        else:
            parts.append(f"{column} = %s")
        values.append(value)
    for word in asked.search.lower().split()[:MOST_WORDS]:
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
