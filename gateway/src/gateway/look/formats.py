"""Dates, money and weights as the reader's language writes them."""

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

HOME = ZoneInfo("Europe/Berlin")
EMPTY = "–"

Number = int | float | Decimal
Format = Callable[..., str]


def local(moment: datetime, zone: tzinfo = HOME) -> datetime:
    """A moment on the clock of the tenant; one without a zone is taken as UTC, as events carry it."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))).astimezone(zone)


def _read_day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return local(value).date() if isinstance(value, datetime) else value


def _read_moment(value: datetime | str) -> datetime:
    return local(datetime.fromisoformat(value) if isinstance(value, str) else value)


def formats(language: str) -> dict[str, Format]:
    """The filters of one language; each takes None and shows a dash."""
    locale = {"de": "de_DE", "en": "en_GB"}.get(language, "de_DE")

    def money(value: Number | str | None, currency: str = "EUR") -> str:
        """Euros, not cents."""
        return EMPTY if value is None else format_currency(Decimal(str(value)), currency, locale=locale)

    def number(value: Number | None, digits: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return EMPTY if value is None else format_decimal(value, pattern, locale=locale)

    def weight(kilograms: Number | None) -> str:
        if kilograms is None:
            return EMPTY
        return f"{number(kilograms)} kg" if kilograms < 1000 else f"{number(Decimal(str(kilograms)) / 1000, 2)} t"

    def day(value: date | datetime | str | None, form: str = "short") -> str:
        """`short` 03.02.2026, `long` Dienstag, 3. Februar 2026, `month` Februar 2026."""
        pattern = {"short": "dd.MM.yyyy" if language == "de" else "dd/MM/yyyy", "month": "LLLL yyyy"}.get(form, "full")
        return EMPTY if value is None else format_date(_read_day(value), pattern, locale=locale)

    def moment(value: datetime | str | None) -> str:
        if value is None:
            return EMPTY
        pattern = "dd.MM.yyyy, HH:mm" if language == "de" else "dd/MM/yyyy, HH:mm"
        return format_datetime(_read_moment(value), pattern, locale=locale)

    def clock(value: datetime | time | str | None) -> str:
        if value is None:
            return EMPTY
        shown = value if isinstance(value, time) else _read_moment(value).time()
        return format_time(shown, "HH:mm", locale=locale)

    def filesize(value: int | None) -> str:
        if value is None:
            return EMPTY
        if value < 1_000_000:
            return f"{number(max(1, round(value / 1000)))} kB"
        return f"{number(value / 1_000_000, 1)} MB"

    return {
        "money": money,
        "number": number,
        "weight": weight,
        "day": day,
        "moment": moment,
        "clock": clock,
        "filesize": filesize,
    }
