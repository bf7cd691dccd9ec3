"""Folds events by hand, without a broker or a database: what a page would know after them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from chassis.events import Meta
from chassis.views import View
from contracts.base import Event
from pydantic import BaseModel

D = TypeVar("D", bound=BaseModel)
TENANT = UUID(int=1)
NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def meta(event: Event, **changes: Any) -> Meta:
    given: dict[str, Any] = {
        "id": uuid4(),
        "tenant": TENANT,
        "stream": "container:1",
        "version": 1,
        "type": type(event).__name__,
        "room": event.room,
        "partition": 0,
        "number": 1,
        "time": NOON,
        "user": None,
        "user_name": "",
        "customer": getattr(event, "customer", None),
        "causation": None,
        "request": None,
        "traceparent": None,
    }
    return Meta(**{**given, **changes})


def folded(view: View[D], events: Iterable[Event | tuple[Event, dict[str, Any]]]) -> dict[str, D]:
    """The documents of a view; an event may bring parts of its envelope along."""
    docs: dict[str, D] = {}
    for one in events:
        event, told = one if isinstance(one, tuple) else (one, {})
        step = view.steps.get(type(event))
        for key in step.keys(event, meta(event, **told)) if step else ():
            doc = step.fold(docs.get(key), event, meta(event, **told)) if step else None
            docs.pop(key, None) if doc is None else docs.update({key: doc})
    return docs
