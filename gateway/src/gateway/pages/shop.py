"""The container shop: from the waste to the fitting container, to the site, the day and the binding order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from chassis.decider import Invalid
from contracts.orders import OrderContainer
from contracts.values import Note
from pydantic import BaseModel

from gateway.look.environment import with_query
from gateway.page import Ask, Sent, _, action, page
from gateway.pages.catalog_view import ContainerType, WasteType, container_types, waste_types
from gateway.pages.chapters import CHAPTERS
from gateway.pages.days import check_day
from gateway.pages.mine import scope
from gateway.pages.site_view import SiteRow, sites

ORDERABLE = {"orderable": "yes"}
WASTE, CONTAINER, SITE, DATE, SUMMARY = range(1, 6)


class WasteGroup(BaseModel):
    """Waste types of one chapter of the AVV."""

    title: str
    wastes: list[WasteType]


class Family(BaseModel):
    family: str
    types: list[ContainerType]


class ShopPage(BaseModel):
    """One step of the way. What is chosen so far travels in the address, so that every step is a link."""

    step: int
    back: list[str]
    groups: list[WasteGroup] = []
    found: int = 0
    families: list[Family] = []
    sites: list[SiteRow] = []
    all_sites: int = 0
    waste: WasteType | None
    type: ContainerType | None
    site: SiteRow | None
    desired: date | None
    desired_input: str
    note: str
    earliest: date
    problems: dict[str, str]
    chosen: dict[str, str]


class ShopForm(BaseModel):
    waste: UUID
    type: UUID
    site: UUID
    desired: date
    note: Note = ""


class Chosen(BaseModel):
    """What the address says, as far as it holds: a container that does not fit the waste is forgotten."""

    waste: WasteType | None = None
    type: ContainerType | None = None
    site: SiteRow | None = None
    desired: date | None = None
    problems: dict[str, str] = {}

    def first_open(self) -> int:
        given = (self.waste, self.type, self.site, self.desired)
        return next((step for step, value in enumerate(given, start=WASTE) if value is None), SUMMARY)


@page("/shop", template="pages/shop.html", needs="orderer")
async def shop(ask: Ask) -> ShopPage:
    chosen = await chosen_of(ask)
    note = ask.query.get("note", "").strip()[:1000]
    told: dict[str, Any] = {
        "waste": chosen.waste and chosen.waste.waste_type,
        "type": chosen.type and chosen.type.container_type,
        "site": chosen.site and chosen.site.site,
        "desired": ask.query.get("desired"),
        "note": note,
    }
    kept = {name: str(value) for name, value in told.items() if value}
    step = step_of(ask.query.get("at", ""), chosen.first_open())
    steps: dict[str, Any] = {}
    if step == WASTE:
        steps = await wastes(ask)
    elif step == CONTAINER and chosen.waste:
        fitting = await ask.rows.all(container_types, ask.tenant_id, where=ORDERABLE)
        steps = {"families": families(kind for kind in fitting if chosen.waste.waste_type in kind.waste_types)}
    elif step == SITE:
        steps = await places(ask)
    return ShopPage(
        step=step,
        back=[address(kept, at) for at in (WASTE, CONTAINER, SITE, DATE)],
        waste=chosen.waste,
        type=chosen.type,
        site=chosen.site,
        desired=chosen.desired,
        desired_input=ask.query.get("desired", ""),
        note=note,
        earliest=ask.today,
        problems=chosen.problems,
        chosen=kept,
        **steps,
    )


@action("/shop", back="/shop?waste={waste}&type={type}&site={site}&desired={desired}&note={note}&at=5", needs="orderer")
async def order_container(ask: Ask, form: ShopForm) -> Sent:
    container = uuid5(ask.key, "container")
    await ask.command(
        OrderContainer(
            container=container,
            order=uuid5(ask.key, "order"),
            customer=ask.me.customer,
            site=form.site,
            waste_type=form.waste,
            container_type=form.type,
            desired=form.desired,
            note=form.note.strip(),
        )
    )
    return Sent(
        to=f"/containers/{container}",
        flash=_("Thank you, your container is ordered. You will get an e-mail as soon as the day is fixed."),
    )


async def chosen_of(ask: Ask) -> Chosen:
    waste = await ask.rows.get(waste_types, ask.tenant_id, ask.query.get("waste", ""))
    kind = await ask.rows.get(container_types, ask.tenant_id, ask.query.get("type", ""))
    site = await ask.rows.get(sites, ask.tenant_id, ask.query.get("site", ""))
    found = Chosen(
        waste=waste if waste and waste.orderable else None,
        type=kind if waste and kind and kind.orderable and waste.waste_type in kind.waste_types else None,
        site=site if site and site.active and ask.me.asker.may_see(site.customer, site.site) else None,
    )
    if entered := ask.query.get("desired", ""):
        try:
            found.desired = check_day(entered, ask.today, ask.tenant.region)
        except Invalid as wrong:
            found.problems["desired"] = ask.say(wrong.sentence, **wrong.params)
    elif ask.query.get("at") == str(SUMMARY):
        found.problems["desired"] = ask.say(_("Please enter a date."))
    return found


def step_of(said: str, furthest: int) -> int:
    """Back is always possible, forward only as far as everything before is chosen."""
    return min(int(said), furthest) if said in ("1", "2", "3", "4", "5") else furthest


def address(kept: dict[str, str], at: int) -> str:
    return with_query("/shop", kept, at=at)


async def wastes(ask: Ask) -> dict[str, Any]:
    found = await ask.rows.all(waste_types, ask.tenant_id, where=ORDERABLE, search=ask.query.get("q", ""), sort="code")
    groups = [
        WasteGroup(
            title=ask.say(CHAPTERS.get(chapter, _("Other waste"))),
            wastes=sorted(members, key=lambda waste: waste.name.lower()),
        )
        for chapter, members in groupby(found, key=lambda waste: waste.code[:2])
    ]
    return {"groups": groups, "found": len(found)}


def families(fitting: Iterable[ContainerType]) -> list[Family]:
    ordered = sorted(fitting, key=lambda kind: (kind.family, kind.volume, kind.variant))
    return [Family(family=name, types=list(types)) for name, types in groupby(ordered, key=lambda kind: kind.family)]


async def places(ask: Ask) -> dict[str, Any]:
    mine: dict[str, Any] = {**scope(ask), "where": {"active": "yes"}}
    found = await ask.rows.all(sites, ask.tenant_id, **mine, search=ask.query.get("q", ""), sort="name")
    return {"sites": found, "all_sites": await ask.rows.count(sites, ask.tenant_id, **mine)}
