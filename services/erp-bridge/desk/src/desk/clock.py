"""What day it is where the trucks drive; the machine may count in another zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Berlin")


def today() -> date:
    return datetime.now(LOCAL).date()
