"""Folds a batch of events into views with one read and one write a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.base import Event

from chassis import marks
from chassis.events import Meta
from chassis.rows import Place, ask_texts
from chassis.store import Connection
from chassis.views import AnyView

Handled = Sequence[tuple[Meta, Event]]


def folded(view: AnyView, docs: Mapping[Place, Any], events: Handled) -> dict[Place, Any]:
    """The documents that were touched; None where one is to be deleted. `docs` are those known before."""
    touched: dict[Place, Any] = {}
    for meta, event in events:
        step = view.steps.get(type(event))
        if step is None:
            continue
        for key in step.keys(event, meta):
            place = (meta.tenant, key)
            before = touched[place] if place in touched else docs.get(place)
            touched[place] = step.fold(before, event, meta)
    return touched


async def fold(conn: Connection, views: Sequence[AnyView], events: Handled) -> None:
    """However many views and documents are touched, PostgreSQL is waited for once: for what they were before.

    In the consumer's pipeline, that is; all writing travels with what comes after. Whose documents have changed is
    marked with them."""
    heard = [(view, [(meta, event) for meta, event in events if type(event) in view.steps]) for view in views]
    mine = [(view, those) for view, those in heard if those]
    wanted = [
        (view, sorted({(meta.tenant, key) for meta, one in those for key in view.steps[type(one)].keys(one, meta)}))
        for view, those in mine
    ]
    if not mine:
        return
    await until_alone(conn, [view for view, _ in mine])
    answer = await ask_texts(conn, wanted)
    before: list[dict[Place, str]] = [{} for _ in mine]
    for number, tenant, key, text in await answer.fetchall():
        before[number][tenant, key] = text
    written = []
    changed: set[tuple[UUID, UUID | None]] = set()
    for (view, those), known in zip(mine, before, strict=True):
        docs = {place: view.doc.model_validate_json(text) for place, text in known.items()}
        touched = folded(view, docs, those)
        written.append((view, touched, known))
        changed |= whose(view, docs) | whose(view, touched)
    for view, touched, known in written:
        await write(conn, view, touched, known)
    await marks.change(conn, changed)


def whose(view: AnyView, docs: Mapping[Place, Any]) -> set[tuple[UUID, UUID | None]]:
    """A document that has gone to another customer concerns both: it is asked before and after."""
    of = view.customer or (lambda doc: None)
    return {(tenant, of(doc)) for (tenant, _), doc in docs.items() if doc is not None}


async def until_alone(conn: Connection, views: Sequence[AnyView]) -> None:
    """Another partition or topic may speak of the same document at this moment; a lock on rows would not do, for the
    document may not be there yet. All take the views in the same order."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(4712, hashtext(name)) FROM unnest(%b::text[]) AS name",
        [[view.table for view in views]],
        prepare=True,
    )


async def write(conn: Connection, view: AnyView, touched: Mapping[Place, Any], known: Mapping[Place, str]) -> None:
    rows = [view.row(tenant, key, doc) for (tenant, key), doc in touched.items() if doc is not None]
    if rows:
        await conn.execute(view.upsert(), [list(column) for column in zip(*rows, strict=True)], prepare=True)
    gone = [place for place, doc in touched.items() if doc is None and place in known]
    if gone:
        await conn.execute(
            f"DELETE FROM {view.table} v USING unnest(%b::uuid[], %b::text[]) AS w (tenant, key)"
            " WHERE v.tenant = w.tenant AND v.key = w.key",
            [[tenant for tenant, _ in gone], [key for _, key in gone]],
        )
