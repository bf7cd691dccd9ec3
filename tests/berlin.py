"""The day it is in Germany, by which the portal and the desk go, whatever the machine's clock is set to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Berlin")).date()
