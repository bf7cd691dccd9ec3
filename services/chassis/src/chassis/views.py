"""A view is a typed document folded from events, kept in a table that can be thrown away and made again."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from contracts.base import Event
from pydantic import BaseModel

from chassis.events import Meta

D = TypeVar("D", bound=BaseModel)
E = TypeVar("E", bound=Event)
Key = UUID | str
Keys = Key | list[Any] | tuple[Any, ...]
Fold = Callable[[Any, Any, Meta], Any]

LAYOUT = 3
"""Of the tables that hold documents: another number makes them all anew."""
TYPES = {"text", "date", "int", "bool", "uuid", "timestamptz", "numeric"}
_SQL = {"int": "bigint", "bool": "boolean"}


@dataclass(frozen=True)
class Step:
    """One fold: which documents an event touches, and how."""

    key: Callable[[Any, Meta], Keys]
    fold: Fold

    def keys(self, event: Event, meta: Meta) -> Iterable[str]:
        found = self.key(event, meta)
        return [str(key) for key in found] if isinstance(found, (list, tuple)) else [str(found)]


class View(Generic[D]):
    """`columns`: name → (type, function of the document); they are indexed, for `where` and `sort`."""

    def __init__(
        self,
        name: str,
        doc: type[D],
        *,
        customer: Callable[[D], UUID | None] | None = None,
        site: Callable[[D], UUID | None] | None = None,
        columns: Mapping[str, tuple[str, Callable[[D], Any]]] | None = None,
        search: Callable[[D], str] | None = None,
    ) -> None:
        self.name = name
        self.doc = doc
        self.customer = customer
        self.site = site
        self.columns = dict(columns or {})
        self.search = search
        self.steps: dict[type[Event], Step] = {}
        if unknown := {kind for kind, _ in self.columns.values()} - TYPES:
            raise ValueError(f"view {name}: unknown column types {unknown}")

    @property
    def table(self) -> str:
        return f"view_{self.name.replace('-', '_')}"

    def on(
        self, event: type[E], *, key: Callable[[E, Meta], Keys]
    ) -> Callable[[Callable[[D | None, E, Meta], D | None]], Callable[[D | None, E, Meta], D | None]]:
        """The function is given the document (or None) and returns the new one; None deletes it. Pure."""

        def decorate(fold: Callable[[D | None, E, Meta], D | None]) -> Callable[[D | None, E, Meta], D | None]:
            if event in self.steps:
                raise ValueError(f"view {self.name}: two folds of {event.__name__}")
            self.steps[event] = Step(key, fold)
            return fold

        return decorate

    def definition(self) -> str:
        """Changes when the documents may have to be folded anew."""
        told = [
            f"{self.name} {LAYOUT}",
            json.dumps(self.doc.model_json_schema(), sort_keys=True, default=str),
            *(f"{name} {kind} {_source(read)}" for name, (kind, read) in sorted(self.columns.items())),
            *(_source(read) for read in (self.customer, self.site, self.search) if read),
            *(
                f"{event.__name__} {_source(step.key)} {_source(step.fold)}"
                for event, step in sorted(self.steps.items(), key=lambda one: one[0].__name__)
            ),
        ]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def row(self, tenant: UUID, key: str, doc: D) -> tuple[Any, ...]:
        return (
            tenant,
            key,
            self.customer(doc) if self.customer else None,
            self.site(doc) if self.site else None,
            self.search(doc).lower() if self.search else "",
            doc.__pydantic_serializer__.to_json(doc).decode(),
            *(read(doc) for _, read in self.columns.values()),
        )

    @property
    def fields(self) -> list[str]:
        return ["tenant", "key", "customer", "site", "search", "doc", *(f"c_{name}" for name in self.columns)]

    @property
    def types(self) -> list[str]:
        own = (_SQL.get(kind, kind) for kind, _ in self.columns.values())
        return ["uuid", "text", "uuid", "uuid", "text", "jsonb", *own]

    def upsert(self) -> str:
        given = ", ".join(f"%b::{kind}[]" for kind in self.types)
        changes = ", ".join(f"{name} = excluded.{name}" for name in self.fields[2:])
        return (
            f"INSERT INTO {self.table} ({', '.join(self.fields)}) SELECT * FROM unnest({given})"
            f" ON CONFLICT (tenant, key) DO UPDATE SET {changes}"
        )


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function).strip()
    except (OSError, TypeError):
        return repr(function.__code__.co_code)


AnyView = View[Any]
