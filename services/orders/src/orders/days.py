"""On which days a customer can wish that the driver comes."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from chassis.decider import Invalid
from holidays.countries.germany import Germany

LONGEST = 365  # days ahead
_HERE = ZoneInfo("Europe/Berlin")
_SUNDAY = 7


def today(now: datetime) -> date:
    """The day on which a customer in Germany asks."""
    return now.astimezone(_HERE).date()


def check_desired(day: date, asked_on: date, region: str | None) -> None:
    """Invalid, with the reason, for a day on which nobody drives. `region`: a German state as `NW`."""
    if day < asked_on:
        raise Invalid("This day is already over. Please choose another one.", field="desired")
    if (day - asked_on).days > LONGEST:
        raise Invalid("This day is more than a year ahead. Please choose an earlier one.", field="desired")
    if day.isoweekday() == _SUNDAY:
        raise Invalid("We do not drive on Sundays. Please choose another day.", field="desired")
    name = public_holiday(day, region)
    if name:
        raise Invalid(
            "We do not drive on public holidays (%(holiday)s). Please choose another day.",
            holiday=name,
            field="desired",
        )


def public_holiday(day: date, region: str | None) -> str:
    """Its German name, or an empty text. Without a known region: those that all of Germany has."""
    return _of_year(day.year, region).get(day, "")


@lru_cache(maxsize=128)
def _of_year(year: int, region: str | None) -> dict[date, str]:
    known = region if region in Germany.subdivisions else None
    return dict(Germany(subdiv=known, years=year, language="de"))
