"""Prints invoices and offers as PDF, the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from demo.customers import CUSTOMERS
from demo.firm import FIRM, LOGO


def euros(value: str | Decimal) -> str:
    return f"{Decimal(value):,.2f} €".translate(str.maketrans(",.", ".,"))


def german(value: str) -> str:
    return f"{date.fromisoformat(value):%d.%m.%Y}"


@cache
def template(name: str) -> bytes:
    return files("demo").joinpath(name).read_bytes()


def printed(name: str, what: str, data: Mapping[str, Any]) -> bytes:
    inputs = {what: json.dumps({**data, "firm": FIRM, "logo": LOGO})}
    # Fonts of the machine would make other bytes on another machine.
    found: bytes = typst.compile(template(name), sys_inputs=inputs, ignore_system_fonts=True)
    return found


def invoice(invoice: Mapping[str, Any]) -> bytes:
    customer = next(one for one in CUSTOMERS if one.number == invoice["customer"])
    site = next(one for one in customer.sites if one.number == invoice["site"])
    days = sorted(
        (line["text"][-4:], line["text"][-7:-5], line["text"][-10:-8])
        for line in invoice["lines"]
        if line["unit"] == "Fahrt"
    )
    first, last = (f"{day}.{month}.{year}" for year, month, day in (days[0], days[-1]))
    data = {
        "number": invoice["number"],
        "issued": german(invoice["issued_on"]),
        "due": german(invoice["due_on"]),
        "period": first if first == last else f"{first[:6]}–{last}",
        "customer": place(customer) | {"number": customer.number},
        "site": place(site),
        "lines": [
            {
                "text": line["text"],
                "quantity": line["quantity"].replace(".", ","),
                "unit": line["unit"],
                "unit_price": euros(line["unit_price"]),
                "amount": euros(line["amount"]),
            }
            for line in invoice["lines"]
        ],
        **{name: euros(invoice[name]) for name in ("net", "tax", "gross")},
    }
    return printed("invoice.typ", "invoice", data)


def offer(title: str, customer: str, day: date, lines: list[tuple[str, str, str]]) -> bytes:
    return printed(
        "offer.typ", "offer", {"title": title, "customer": customer, "day": f"{day:%d.%m.%Y}", "lines": lines}
    )


def place(where: Any) -> dict[str, str]:
    return {"name": where.name, "street": where.street, "postal_code": where.postal_code, "city": where.city}
