"""On which days a customer can wish that the driver comes: not on Sundays, not on the holidays of the firm's state."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
from chassis.decider import Invalid

LONGEST = 365  # days ahead
_SUNDAY = 7


@lru_cache(maxsize=128)
def _holidays(region: str, year: int) -> dict[date, str]:
    known = region if region in holidays.list_supported_countries()["DE"] else None
    return dict(holidays.country_holidays("DE", subdiv=known, years=year, language="de"))


def check_day(given: str, today: date, region: str) -> date:
    """The day that was entered. Invalid, with what the customer reads, so that no one learns it only when ordering.

    Orders has the last word: it decides by the same rules when the order is placed.
    """
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise Invalid("Please enter a date.", field="desired") from None
    if day < today:
        raise Invalid("This day is already over. Please choose another one.", field="desired")
    if (day - today).days > LONGEST:
        raise Invalid("This day is more than a year ahead. Please choose an earlier one.", field="desired")
    if day.isoweekday() == _SUNDAY:
        raise Invalid("We do not drive on Sundays. Please choose another day.", field="desired")
    if name := _holidays(region, day.year).get(day):
        raise Invalid(
            "We do not drive on public holidays (%(holiday)s). Please choose another day.",
            field="desired",
            holiday=name,
        )
    return day
