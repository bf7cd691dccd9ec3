"""A firm with a user of each role, and things that belong to them, to a colleague, to another customer or firm."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID, uuid4

from chassis import marks
from chassis.views import AnyView
from contracts.values import File, Role
from gateway.pages.quote_view import Message
from pydantic import BaseModel
from visiting import Firm, Portal, Visitor, opened_firm

Whose = Literal["own", "colleague's", "foreign customer's", "foreign tenant's", "non-existent"]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MESSAGE = UUID(int=77)
ID_OF = {"containers": "container", "invoices": "invoice", "sites": "site", "users": "user"}
ID_OF |= {"orders": "order", "contributions": "order", "waste-types": "waste_type", "container-types": "container_type"}


@dataclass
class World:
    firm: Firm
    visitors: dict[str, Visitor]
    """By role; readers and orderers see the first of the two sites only, the second is the colleague's."""
    other_tenant: UUID
    file: File

    async def thing(self, view: AnyView, whose: Whose, **more: Any) -> UUID:
        """The id of a new document in a view of the gateway. Nothing is made for `non-existent`."""
        name = ID_OF.get(view.name, "quote")
        made: UUID = more.pop(name, None) or uuid4()
        if whose == "non-existent":
            return made
        ours = whose in ("own", "colleague's")
        site = self.firm.sites[1] if whose == "colleague's" else self.firm.sites[0]
        if view.name == "sites":
            made = site = site if ours else made
        known: dict[str, Any] = {
            "customer": self.firm.customer if ours else uuid4(),
            "site": site,
            "role": Role.reader,
            "state": "active",
            "sites": None,
            "container": uuid4(),
            "document": self.file,
            "messages": (document(Message, message=MESSAGE, user=uuid4(), files=(self.file,)),),
        }
        if view.name == "quotes":
            known |= {"status": "answered", "messages": 2}
        known |= {
            "since_answer": (MESSAGE,),
            "answered_at": datetime.now(UTC),
            "done_on": datetime.now(UTC).date(),
            "weight": 1000,
        }
        doc = document(view.doc, **{**known, name: made, **more})
        tenant = self.other_tenant if whose == "foreign tenant's" else self.firm.tenant
        values = view.row(tenant, str(made), doc)
        async with self.firm.portal.gateway.pool.connection() as conn:
            await conn.execute(view.upsert(), [[value] for value in values])
            await marks.change(conn, [(tenant, view.customer(doc) if view.customer else None)])
        return made


async def opened_world(portal: Portal) -> World:
    firm = await opened_firm(portal)
    visitors = {"guest": firm.visitor()}
    await visitors["guest"].get("/login")
    for role in Role:
        only = None if role is Role.administrator else (firm.sites[0],)
        visitors[role] = await firm.logged_in(f"{role}@beck.example", role, sites=only)
    file = File(
        sha256=await portal.gateway.files.put(PDF), name="Plan.pdf", media_type="application/pdf", size=len(PDF)
    )
    return World(firm, visitors, (await opened_firm(portal)).tenant, file)


def document(kind: type[BaseModel], **known: Any) -> BaseModel:
    """What is known of it, and plain values for the rest that it needs."""
    fitting = {name: value for name, value in known.items() if name in kind.model_fields and value is not None}
    needed = {
        name: blank(one.annotation)
        for name, one in kind.model_fields.items()
        if one.is_required() and name not in fitting
    }
    return kind.model_validate(needed | fitting)


def blank(kind: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return blank(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType) and type(None) in typing.get_args(kind):
        return None
    if origin is Literal:
        return typing.get_args(kind)[0]
    if origin in (tuple, list, dict, set, frozenset):
        return origin()
    if issubclass(kind, Enum):
        return next(iter(kind))
    if issubclass(kind, BaseModel):
        return document(kind)
    plain: dict[Any, Any] = {
        UUID: uuid4(),
        bool: True,
        int: 1,
        Decimal: Decimal(1),
        str: "Abcde",
        date: date(2026, 1, 5),
    }
    return plain.get(kind, datetime(2026, 1, 5, tzinfo=UTC))
