"""On which days the trucks drive: not on Sundays and not on the holidays of the firm's state."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=32)
def _holidays(region: str) -> holidays.HolidayBase:
    return holidays.country_holidays("DE", subdiv=region, language="de")


def holiday(day: date, region: str) -> str:
    """Its German name, or nothing on an ordinary day."""
    return str(_holidays(region).get(day) or "")
