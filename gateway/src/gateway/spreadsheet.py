"""A list as an Excel file: real dates and amounts, so that one can go on calculating."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from gateway.look.formats import local
from gateway.page import Sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {
    "money": "#,##0.00 [$€-407]",
    "weight": '#,##0" kg"',
    "number": "General",
    "day": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm",
}


def workbook(sheets: Sheet | Sequence[Sheet], say: Callable[[str], str]) -> bytes:
    """Labels and names are translated; text is never read as a formula."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "remove_timezone": True})
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    for sheet in [sheets] if isinstance(sheets, Sheet) else sheets:
        _fill(book.add_worksheet(say(sheet.name)[:31]), sheet, say, head, formats)
    book.close()
    return made.getvalue()


def _fill(page: Any, sheet: Sheet, say: Callable[[str], str], head: Any, formats: Mapping[str, Any]) -> None:
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, say(column.label), head)
    for line, row in enumerate(sheet.rows, 1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write(page, line, at, column.kind, value, formats.get(column.kind))
    page.freeze_panes(1, 0)
    if sheet.columns:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _write(page: Any, line: int, at: int, kind: str, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if kind == "text":
        page.write_string(line, at, str(value))
    elif kind in ("day", "moment"):
        page.write_datetime(line, at, local(value).replace(tzinfo=None) if isinstance(value, datetime) else value, form)
    else:
        page.write_number(line, at, float(value) / 100 if kind == "money" else float(value), form)
