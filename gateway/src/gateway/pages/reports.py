"""What was fetched from the customer's sites in the last twelve months: in pictures, numbers and as Excel file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

from pydantic import BaseModel

from gateway import spreadsheet
from gateway.look.formats import formats
from gateway.page import Ask, Column, Download, Sheet, _, page
from gateway.pages.mine import KINDS, Option, my_sites, scope, site_options
from gateway.pages.waste_sums import (
    Series,
    Sum,
    by_month,
    by_site,
    by_waste_type,
    counts,
    first_of_month,
    months_of,
    sums,
    weights,
)
from gateway.pages.waste_view import Contribution, contributions

MOST_ORDERS = 50_000


class ReportsPage(BaseModel):
    """Weights of the sums in kilograms, of the series in tonnes."""

    begin: date
    end: date
    total: Sum
    months: list[str]
    weights: list[Series]
    orders: list[Series]
    waste_types: list[Sum]
    sites: list[Sum]
    by_month: list[Sum]
    site_options: list[Option]
    waste_type_options: list[Option]
    periods: list[Option]
    filtered: bool


def period(ask: Ask) -> tuple[date, date]:
    """From the first of a month to its last day that counts: twelve months with the present one, or a year."""
    wished = ask.query.get("period", "")
    if wished.isascii() and wished.isdigit() and len(wished) == 4:
        year = min(max(int(wished), 2000), ask.today.year)
        return date(year, 1, 1), min(date(year, 12, 31), first_of_month(ask.today, -1) - timedelta(days=1))
    back = {"3": 2, "6": 5}.get(wished, 11)
    return first_of_month(ask.today, back), first_of_month(ask.today, -1) - timedelta(days=1)


async def done_in(ask: Ask, begin: date, end: date) -> list[Contribution]:
    found = await ask.rows.all(
        contributions,
        ask.tenant_id,
        **scope(ask),
        where={"done_on": (">=", begin), "site": ask.query.get("site", "")},
        sort="done_on",
        limit=MOST_ORDERS,
    )
    return [one for one in found if one.done_on and one.done_on <= end]


def of_waste_type(done: Sequence[Contribution], wished: str) -> list[Contribution]:
    return [one for one in done if not wished or str(one.waste_type) == wished]


def total_of(done: Sequence[Contribution]) -> Sum:
    lines = sums(done, lambda one: ("", ""))
    return lines[0] if lines else Sum(key="", name="")


@page("/reports", template="pages/reports.html")
async def reports(ask: Ask) -> ReportsPage:
    """Weights and orders by month, waste type and site."""
    begin, end = period(ask)
    everything = await done_in(ask, begin, end)
    done = of_waste_type(everything, ask.query.get("waste_type", ""))
    months = months_of(begin, end)
    months_said = [formats(ask.language)["day"](month, "month") for month in months]
    lines = by_month(done, months)
    for line, name in zip(lines, months_said, strict=True):
        line.name = name
    return ReportsPage(
        begin=begin,
        end=min(end, ask.today),
        total=total_of(done),
        months=[_short(name) for name in months_said],
        weights=[Series(name=one.name or ask.say(_("Others")), values=one.values) for one in weights(done, months)],
        orders=[Series(name=ask.say(KINDS[kind]), values=values) for kind, values in counts(done, months).items()],
        waste_types=sums(done, by_waste_type),
        sites=sums(done, by_site),
        by_month=lines,
        site_options=site_options(await my_sites(ask)),
        waste_type_options=[Option(value=line.key, label=line.name) for line in sums(everything, by_waste_type)],
        periods=[
            Option(value="3", label=ask.say(_("in the last 3 months"))),
            Option(value="6", label=ask.say(_("in the last 6 months"))),
            Option(value=str(ask.today.year), label=str(ask.today.year)),
            Option(value=str(ask.today.year - 1), label=str(ask.today.year - 1)),
        ],
        filtered=any(ask.query.get(name) for name in ("site", "waste_type", "period")),
    )


def _short(month: str) -> str:
    """„November 2026“ has to fit under a bar: „Nov 26“."""
    name, _space, year = month.partition(" ")
    return f"{name[:3]} {year[2:]}"


@page("/reports/excel")
async def excel(ask: Ask) -> Download:
    """The same numbers as an Excel file with a sheet for each view, and every order on the last."""
    begin, end = period(ask)
    done = of_waste_type(await done_in(ask, begin, end), ask.query.get("waste_type", ""))
    months = by_month(done, months_of(begin, end))
    for line in months:
        line.name = formats(ask.language)["day"](line.key, "month")
    sheets = [
        _sheet(_("By month"), _("Month"), months),
        _sheet(_("By waste type"), _("Waste type"), sums(done, by_waste_type)),
        _sheet(_("By site"), _("Site"), sums(done, by_site)),
        _single(ask, done),
    ]
    data = await asyncio.to_thread(spreadsheet.workbook, sheets, ask.say)
    name = f"{ask.say(_('Reports'))} {begin.isoformat()} – {min(end, ask.today).isoformat()}.xlsx"
    return Download(data, name, spreadsheet.MEDIA_TYPE)


def _sheet(name: str, column: str, lines: Sequence[Sum]) -> Sheet:
    return Sheet(
        name,
        [
            Column(column, width=34),
            Column(_("Orders"), "number"),
            Column(_("of these weighed"), "number"),
            Column(_("Weight"), "weight"),
        ],
        [(line.name, line.orders, line.weighed, line.weight) for line in lines],
    )


def _single(ask: Ask, done: Sequence[Contribution]) -> Sheet:
    return Sheet(
        _("Single orders"),
        [
            Column(_("Done on"), "day"),
            Column(_("Number")),
            Column(_("Kind")),
            Column(_("Site"), width=30),
            Column(_("Waste type"), width=30),
            Column(_("Container type"), width=30),
            Column(_("Weight"), "weight"),
        ],
        [
            (
                one.done_on,
                one.number,
                ask.say(KINDS[one.kind]),
                one.site_name,
                one.waste_type_name,
                one.container_type_name,
                one.weight,
            )
            for one in done
        ],
    )
