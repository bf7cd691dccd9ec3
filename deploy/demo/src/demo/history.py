"""Twelve months of work: containers, orders with weights and the season's ups and downs, and the invoices for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import holidays

from demo.chance import chance
from demo.customers import CUSTOMERS, Customer
from demo.waste import BY_NUMBER, TRANSPORT, TYPE

SEASON = (0.55, 0.65, 0.95, 1.1, 1.2, 1.15, 1.0, 0.95, 1.2, 1.2, 0.95, 0.6)
"""How much is done in each month; in winter less is built."""
NOTES = (
    "Bitte vor 9 Uhr anliefern.",
    "Schlüssel beim Polier.",
    "Zufahrt über den Hinterhof.",
    "Bitte am Tor klingeln.",
    "Stellplatz ist markiert.",
    "Einfahrt freihalten, Kran im Betrieb.",
)
LOAD = {"A": 11_000, "R": 14_000, "U": 2_500, "P": 12_000}
"""kilograms by family of container"""
STILL_OPEN = 6
CENT = Decimal("0.01")
TAX = Decimal("0.19")


@cache
def calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("DE", subdiv="NW")


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in calendar()


def workday(day: date, step: int = 1) -> date:
    """This day, or the next one (`step` -1: the one before) on which is worked."""
    while not works(day):
        day += timedelta(days=step)
    return day


def containers(today: date) -> list[dict[str, Any]]:
    """80 of them; those of the order history stand since before or since their placement."""
    found: list[dict[str, Any]] = []
    for customer in CUSTOMERS:
        stock = customer.stock.split()
        place = 0
        for site in customer.sites:
            for _ in range(site.containers):
                kind, _, waste = stock[place % len(stock)].partition(":")
                number = f"{kind[:2]}-{1001 + len(found)}"
                random = chance("since", number)
                days = random.randint(120, 340) if random.random() < 0.25 else random.randint(380, 1100)
                found.append(
                    {
                        "number": number,
                        "site": site.number,
                        "container_type": kind,
                        "waste_type": waste,
                        "status": "standing",
                        "since": workday(today - timedelta(days=days)).isoformat(),
                    }
                )
                place += 1
    return found


def orders(today: date) -> list[dict[str, Any]]:
    """1,500, numbered in the order in which they were placed."""
    drawn: list[dict[str, Any]] = []
    standing = containers(today)
    for customer in CUSTOMERS:
        own = [one for one in standing if one["site"].startswith(customer.number)]
        for index in range(customer.orders):
            drawn.append(one_order(customer, own[index % len(own)], index, today))
    drawn.sort(key=lambda order: (order["placed_on"], order["site"], order["container"], order["kind"]))
    counts: defaultdict[str, int] = defaultdict(int)
    for order in drawn:
        year = order["placed_on"][:4]
        counts[year] += 1
        order["number"] = f"A-{year}-{counts[year]:05d}"
    return drawn


def one_order(customer: Customer, container: dict[str, Any], index: int, today: date) -> dict[str, Any]:
    random = chance("order", customer.number, index)
    still_open = index < STILL_OPEN and customer.number != "10038"
    kind, volume, _ = TYPE[container["container_type"]]
    order: dict[str, Any] = {
        "site": container["site"],
        "container": container["number"],
        "container_type": container["container_type"],
        "waste_type": container["waste_type"],
    }
    own_placement = date.fromisoformat(container["since"]) > today - timedelta(days=350)
    if index < customer_stock(customer) and own_placement and not still_open:
        done = date.fromisoformat(container["since"])
        order["kind"] = "placement"
    else:
        done = drawn_day(customer, index, date.fromisoformat(container["since"]), today)
        order["kind"] = "exchange" if kind in "AR" and random.random() < 0.8 else "emptying"
    if kind == "R" and order["kind"] == "emptying":
        order["kind"] = "exchange"
    if still_open:
        ahead = workday(today + timedelta(days=random.randint(1, 6)))
        placed = workday(today - timedelta(days=random.randint(1, 3)), -1)
        order |= {"status": "accepted", "placed_on": placed.isoformat(), "desired": ahead.isoformat()}
        if index % 2 == 0:
            order |= {"status": "dispatched", "planned": {"day": ahead.isoformat(), "begins": "07:00", "ends": "12:00"}}
        return order
    placed = workday(done - timedelta(days=random.randint(1, 5)), -1)
    if order["kind"] != "placement" and random.random() < 0.015:
        return order | {"status": "cancelled", "placed_on": placed.isoformat()}
    begins = random.choice(("06:30", "07:00", "08:00", "10:00", "12:00"))
    ends = f"{int(begins[:2]) + 4:02d}:{begins[3:]}"
    order |= {
        "status": "completed",
        "placed_on": placed.isoformat(),
        "planned": {"day": done.isoformat(), "begins": begins, "ends": ends},
        "completed_on": done.isoformat(),
    }
    if random.random() < 0.45:
        order["desired"] = done.isoformat()
    if random.random() < 0.12:
        order["note"] = random.choice(NOTES)
    if order["kind"] != "placement":
        filled = volume * BY_NUMBER[container["waste_type"]].density * random.uniform(0.62, 1.0) * 1000
        # No more than the lorry may load, however heavy the waste is.
        carried = min(filled, LOAD[kind] * random.uniform(0.85, 1.0))
        order["weight_kg"] = max(20, round(carried / 20) * 20)
    return order


def customer_stock(customer: Customer) -> int:
    return sum(site.containers for site in customer.sites)


def drawn_day(customer: Customer, index: int, since: date, today: date) -> date:
    """A working day of the last twelve months on which the container stood; more where the season is high."""
    random = chance("day", customer.number, index)
    while True:
        day = today - timedelta(days=random.randint(1, 355))
        building = customer.number == "10017"
        weight = SEASON[day.month - 1] / max(SEASON) if building else 0.8 + SEASON[day.month - 1] / 6
        if works(day) and day > since and random.random() < weight:
            return day


def invoices(today: date, done: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """250, each for the work at one site over some weeks."""
    found: list[dict[str, Any]] = []
    for customer in CUSTOMERS:
        by_site = {
            site.number: [one for one in done if one["site"] == site.number and one["status"] == "completed"]
            for site in customer.sites
        }
        for site, count in shares({name: len(work) for name, work in by_site.items()}, customer.invoices).items():
            work = sorted(by_site[site], key=lambda one: one["completed_on"])
            bounds = [round(len(work) * part / count) for part in range(count + 1)]
            parts = [work[a:b] for a, b in pairwise(bounds)]
            found += [one_invoice(customer, site, part, today) for part in parts]
    found.sort(key=lambda one: (one["issued_on"], one["site"]))
    for place, invoice in enumerate(found):
        invoice["number"] = f"RE-{invoice['issued_on'][:4]}-{4001 + place}"
    return found


def shares(weights: dict[str, int], total: int) -> dict[str, int]:
    """Whole numbers in proportion that add up to the total."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    given = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda one: given[one] - exact[one])[: total - sum(given.values())]:
        given[name] += 1
    return given


def one_invoice(customer: Customer, site: str, work: Sequence[dict[str, Any]], today: date) -> dict[str, Any]:
    last = date.fromisoformat(work[-1]["completed_on"])
    issued = min(workday(last + timedelta(days=3)), today)
    due = issued + timedelta(days=30)
    random = chance("invoice", site, work[0]["completed_on"], len(work))
    lines = [line for order in work for line in lines_of(order)]
    net = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    tax = (net * TAX).quantize(CENT, ROUND_HALF_UP)
    late = due < today and random.random() < 0.03
    return {
        "customer": customer.number,
        "site": site,
        "issued_on": issued.isoformat(),
        "due_on": due.isoformat(),
        "net": str(net),
        "tax": str(tax),
        "gross": str(net + tax),
        "status": "open" if late or (due >= today and random.random() < 0.75) else "paid",
        "lines": lines,
    }


def lines_of(order: dict[str, Any]) -> list[dict[str, str]]:
    family, _, name = TYPE[order["container_type"]]
    words = {"placement": "Gestellung", "exchange": "Tausch", "emptying": "Leerung", "removal": "Abzug"}
    on = f"{date.fromisoformat(order['completed_on']):%d.%m.%Y}"
    lines = [line(f"{words[order['kind']]} {name}, {on}", Decimal(1), "Fahrt", Decimal(TRANSPORT[family]))]
    waste = BY_NUMBER[order["waste_type"]]
    if "weight_kg" in order and waste.price > 0:
        tonnes = Decimal(order["weight_kg"]) / 1000
        text = f"Entsorgung {waste.name} (AVV {waste.code[:2]} {waste.code[2:4]} {waste.code[4:]})"
        lines.append(line(text, tonnes, "t", Decimal(waste.price)))
    return lines


def line(text: str, quantity: Decimal, unit: str, price: Decimal) -> dict[str, str]:
    amount = (quantity * price).quantize(CENT, ROUND_HALF_UP)
    return {
        "text": text,
        "quantity": f"{quantity.normalize():f}",
        "unit": unit,
        "unit_price": f"{price:.2f}",
        "amount": f"{amount:.2f}",
    }
