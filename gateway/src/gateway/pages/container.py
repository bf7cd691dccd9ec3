"""One container: what it is, what happened to it, and ordering an exchange, an emptying or its removal."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from chassis.decider import Invalid
from contracts.orders import OrderService
from contracts.values import Note, OrderKind
from pydantic import BaseModel

from gateway.page import Ask, Sent, _, action, page
from gateway.pages.catalog_view import waste_types
from gateway.pages.days import check_day
from gateway.pages.mine import ContainerLine, lines_of, my_container
from gateway.pages.order_view import OrderRow, orders
from gateway.pages.site_view import sites

SHOWN = 20


class ContainerPage(BaseModel):
    line: ContainerLine
    avv: str
    address: str
    orders: list[OrderRow]
    orders_total: int


class Choice(BaseModel):
    """A kind of order as a card of the form."""

    value: OrderKind
    label: str
    text: str
    icon: str


class ContainerOrderPage(BaseModel):
    """The form, or when everything is entered (`ready`) the summary before ordering."""

    line: ContainerLine
    kinds: list[Choice]
    kind: OrderKind | None
    desired: date | None
    desired_input: str
    note: str
    earliest: date
    problems: dict[str, str]
    chosen: dict[str, str]
    ready: bool


class ServiceForm(BaseModel):
    kind: OrderKind
    desired: date | None = None
    note: Note = ""


CHOICES = {
    OrderKind.exchange: (_("Exchange"), _("We take the full container and leave an empty one."), "exchange"),
    OrderKind.emptying: (_("Emptying"), _("We empty the container, and it stays with you."), "empty"),
    OrderKind.removal: (_("Removal"), _("We take the container away for good."), "remove"),
}


@page("/containers/{container:uuid}", template="pages/container.html")
async def one_container(ask: Ask, container: UUID) -> ContainerPage:
    row = await my_container(ask, container)
    [line] = await lines_of(ask, [row])
    waste = await ask.rows.get(waste_types, ask.tenant_id, row.waste_type)
    place = await ask.rows.get(sites, ask.tenant_id, row.site)
    found = await ask.rows.page(
        orders,
        ask.tenant_id,
        customer=ask.me.customer,
        sites=ask.me.sites,
        where={"container": str(container)},
        sort="-placed_on",
        limit=SHOWN,
    )
    return ContainerPage(
        line=line,
        avv=waste.avv if waste else "",
        address=place.address.line() if place else "",
        orders=found.items,
        orders_total=found.total,
    )


@page("/containers/{container:uuid}/order", template="pages/container_order.html")
async def order_form(ask: Ask, container: UUID) -> ContainerOrderPage:
    [line] = await lines_of(ask, [await my_container(ask, container)])
    problems: dict[str, str] = {}
    asked = ask.query.get("kind", "")
    kind = OrderKind(asked) if asked in line.kinds else line.kinds[0] if len(line.kinds) == 1 else None
    entered = ask.query.get("desired", "")
    desired = None
    checking = ask.query.get("check") == "yes"
    if checking and kind is None:
        problems["kind"] = ask.say(_("Please choose what is to be done."))
    if entered:
        try:
            desired = check_day(entered, ask.today, ask.tenant.region)
        except Invalid as wrong:
            problems["desired"] = ask.say(wrong.sentence, **wrong.params)
    note = ask.query.get("note", "").strip()[:1000]
    chosen: dict[str, Any] = {"kind": kind, "desired": entered, "note": note}
    return ContainerOrderPage(
        line=line,
        kinds=[
            Choice(value=one, label=ask.say(CHOICES[one][0]), text=ask.say(CHOICES[one][1]), icon=CHOICES[one][2])
            for one in line.kinds
        ],
        kind=kind,
        desired=desired,
        desired_input=entered,
        note=note,
        earliest=ask.today,
        problems=problems,
        chosen={name: str(value) for name, value in chosen.items() if value},
        ready=checking and line.may_order and not problems,
    )


@action(
    "/containers/{container:uuid}/order",
    back="/containers/{container}/order?kind={kind}&desired={desired}&note={note}&check=yes",
    needs="orderer",
)
async def order_service(ask: Ask, container: UUID, form: ServiceForm) -> Sent:
    row = await my_container(ask, container)
    await ask.command(
        OrderService(
            container=container,
            order=uuid5(ask.key, "order"),
            customer=row.customer,
            kind=form.kind,
            desired=form.desired,
            note=form.note.strip(),
        )
    )
    said = {
        OrderKind.exchange: _("The exchange is ordered. You will get an e-mail as soon as the day is fixed."),
        OrderKind.emptying: _("The emptying is ordered. You will get an e-mail as soon as the day is fixed."),
        OrderKind.removal: _("The removal is ordered. You will get an e-mail as soon as the day is fixed."),
    }
    return Sent(to=f"/containers/{container}", flash=said.get(form.kind, _("The order has been placed.")))
