"""Adds up what was fetched: by month, by waste type and by site. Pure, so that anybody can check the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date

from contracts.values import OrderKind
from pydantic import BaseModel

from gateway.pages.waste_view import Contribution

MOST_SERIES = 5
"""Waste types of their own in a chart; the rest is one."""


class Sum(BaseModel):
    """Of some orders. `weight` in kilograms, of those that were weighed."""

    key: str
    name: str
    orders: int = 0
    weighed: int = 0
    weight: int = 0

    @property
    def tonnes(self) -> float:
        return self.weight / 1000


class Series(BaseModel):
    """As many values as there are months (or names). `name` is empty for all the rest."""

    name: str
    values: list[float]


def first_of_month(day: date, back: int = 0) -> date:
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def months_of(begin: date, end: date) -> list[date]:
    """The first of each month from `begin` to `end`, both included."""
    months = [first_of_month(begin)]
    while (following := first_of_month(months[-1], -1)) <= end:
        months.append(following)
    return months


def sums(done: Iterable[Contribution], by: Callable[[Contribution], tuple[Hashable, str]]) -> list[Sum]:
    """The heaviest first. A name that changed is shown as it was last."""
    found: dict[str, Sum] = {}
    for one in sorted(done, key=lambda each: each.done_on or date.min):
        key, name = by(one)
        line = found.setdefault(str(key), Sum(key=str(key), name=name))
        line.name = name
        line.orders += 1
        line.weighed += one.weight is not None
        line.weight += one.weight or 0
    return sorted(found.values(), key=lambda line: (-line.weight, -line.orders, line.name))


def by_waste_type(one: Contribution) -> tuple[Hashable, str]:
    return one.waste_type, one.waste_type_name


def by_site(one: Contribution) -> tuple[Hashable, str]:
    return one.site, one.site_name


def by_month(done: Iterable[Contribution], months: Sequence[date]) -> list[Sum]:
    """Every month in its order, the quiet ones too."""
    found = {line.key: line for line in sums(done, lambda one: (first_of_month(one.done_on or date.min), ""))}
    return [found.get(str(month)) or Sum(key=str(month), name="") for month in months]


def weights(done: Sequence[Contribution], months: Sequence[date]) -> list[Series]:
    """Tonnes by month, one series a waste type; the small ones together."""
    heavy = [line for line in sums(done, by_waste_type) if line.weight][:MOST_SERIES]
    own = {line.key for line in heavy}
    series = [
        Series(name=line.name, values=_tonnes([one for one in done if str(one.waste_type) == line.key], months))
        for line in heavy
    ]
    rest = [one for one in done if str(one.waste_type) not in own and one.weight]
    return [*series, Series(name="", values=_tonnes(rest, months))] if rest else series


def _tonnes(done: Sequence[Contribution], months: Sequence[date]) -> list[float]:
    return [line.weight / 1000 for line in by_month(done, months)]


def counts(done: Sequence[Contribution], months: Sequence[date]) -> dict[OrderKind, list[float]]:
    """Orders by month, one row a kind that occurs."""
    return {
        kind: [line.orders for line in by_month([one for one in done if one.kind is kind], months)]
        for kind in OrderKind
        if any(one.kind is kind for one in done)
    }
