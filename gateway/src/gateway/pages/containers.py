"""All containers of the customer in one list, to search, to filter and to take into a spreadsheet."""

from __future__ import annotations

from typing import Any

from contracts.values import ContainerStatus, OrderStatus
from pydantic import BaseModel

from gateway.page import Ask, Column, Sheet, _, number_of, page, pages_of
from gateway.pages.container_view import PRESENT, ContainerRow, containers
from gateway.pages.mine import KINDS, ContainerLine, Option, lines_of, may_order, my_sites, scope, site_options, sort_of

PAGE = 50
SORTS = ("number", "container_type_name", "waste_type_name", "site_name", "since")
STATES = {"": PRESENT, "ordered": "ordered", "standing": "standing", "busy": "busy", "gone": "gone", "any": ""}
STATES_IN_WORDS = {
    ContainerStatus.ordered: _("Ordered"),
    ContainerStatus.standing: _("On site"),
    ContainerStatus.gone: _("Removed"),
}


class ContainersPage(BaseModel):
    lines: list[ContainerLine]
    total: int
    page: int
    pages: int
    all_sites: int
    all_containers: int
    site_options: list[Option]
    waste_options: list[Option]
    may_order: bool


def wanted(ask: Ask) -> dict[str, Any]:
    return {
        **scope(ask),
        "where": {
            "state": STATES.get(ask.query.get("state", ""), PRESENT),
            "site": ask.query.get("site", ""),
            "waste_type": ask.query.get("waste", ""),
        },
        "search": ask.query.get("q", ""),
        "sort": sort_of(ask.query, SORTS, "site_name"),
    }


async def spreadsheet(ask: Ask) -> Sheet:
    rows = await lines_of(ask, await ask.rows.all(containers, ask.tenant_id, **wanted(ask)))
    return Sheet(
        _("Containers"),
        [
            Column(_("Number")),
            Column(_("Container type"), width=28),
            Column(_("Waste type"), width=28),
            Column(_("Site"), width=28),
            Column(_("There since"), "day"),
            Column(_("Status"), width=28),
            Column(_("Desired date"), "day"),
            Column(_("Planned"), "day"),
        ],
        [
            (
                line.row.number,
                line.row.container_type_name,
                line.row.waste_type_name,
                line.site_name,
                line.row.since,
                said_of(ask, line.row),
                line.row.open.desired if line.row.open else None,
                line.row.open.planned.day if line.row.open and line.row.open.planned else None,
            )
            for line in rows
        ],
    )


def said_of(ask: Ask, row: ContainerRow) -> str:
    """The state in words, as the list says it."""
    if row.open:
        said = {
            OrderStatus.accepted: _("%(kind)s confirmed"),
            OrderStatus.dispatched: _("%(kind)s scheduled"),
        }.get(row.open.status, _("%(kind)s ordered"))
        return ask.say(said, kind=ask.say(KINDS[row.open.kind]))
    return ask.say(STATES_IN_WORDS[row.status])


@page("/containers", template="pages/containers.html", sheet=spreadsheet)
async def container_list(ask: Ask) -> ContainersPage:
    number = number_of(ask.query)
    found = await ask.rows.page(containers, ask.tenant_id, **wanted(ask), limit=PAGE, offset=(number - 1) * PAGE)
    present = await ask.rows.all(containers, ask.tenant_id, **scope(ask), where={"state": PRESENT})
    places = await my_sites(ask)
    return ContainersPage(
        lines=await lines_of(ask, found.items),
        total=found.total,
        page=number,
        pages=pages_of(found.total, PAGE),
        all_sites=len(places),
        all_containers=len(present),
        site_options=site_options(places),
        waste_options=waste_options(present),
        may_order=may_order(ask),
    )


def waste_options(rows: list[ContainerRow]) -> list[Option]:
    named = {str(row.waste_type): row.waste_type_name for row in rows}
    return [Option(value=key, label=name) for key, name in sorted(named.items(), key=lambda each: each[1].lower())]
