"""Loads the demo firm on the first start: through the desk and the ERP API, as a real firm would."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.asking import Unreachable
from chassis.decider import Refused
from contracts.identity.invitation import InviteUser
from contracts.identity.tenant import ConfigureTenant
from contracts.identity.user import user_id
from contracts.values import Role, derived_id

from demo import at_the_desk, conversations, customers, firm, history, paper, portal, waste
from demo.at_the_desk import DispatchDesk
from demo.customers import CUSTOMERS, PASSWORD, PEOPLE
from demo.firm import TENANT
from demo.settings import Settings
from demo.trouble import Trouble

STARTED = time.monotonic()


def say(sentence: str) -> None:
    print(f"      {time.monotonic() - STARTED:5.1f} s  {sentence}", flush=True)


def the_day(settings: Settings) -> date:
    """Kept, so that a load that was interrupted goes on with the same dates tomorrow."""
    path = settings.data / "demo-day"
    if not path.exists():
        path.write_text(datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat())
    return date.fromisoformat(path.read_text().strip())


async def load(settings: Settings) -> None:
    today = the_day(settings)
    async with portal.opened(settings) as door, at_the_desk.opened(settings.desk_url, settings.desk_api_key) as desk:
        tenant = await firm.tenant(door.files)
        await door.ask(tenant, portal.OPERATOR)
        say(f"{tenant.name} eingerichtet")
        await fill(desk, today)
        firsts = {person.customer: person for person in reversed(PEOPLE)}
        for number, person in firsts.items():
            await desk.switch_on(number, person.email)
        for number in firsts:
            found = await desk.transferred(number)
            sent = sum(part["sent"] for part in found["parts"])
            name = next(one.name for one in CUSTOMERS if one.number == number)
            say(f"{name}: {sent} Datensätze an das Portal übertragen")
        await let_in(door, tenant)
        for sentence in await conversations.held(door, settings, today):
            say(sentence)
        say(f"{len(conversations.CONVERSATIONS)} Angebotsanfragen gestellt")
    write_logins(settings)


async def fill(desk: DispatchDesk, today: date) -> None:
    orders = history.orders(today)
    steps: list[tuple[str, str, Callable[[], list[dict[str, Any]]]]] = [
        ("waste-types", "Abfallarten", waste.waste_types),
        ("container-types", "Behälterarten", waste.container_types),
        ("customers", "Kunden", customers.customers),
        ("sites", "Standorte", customers.sites),
        ("containers", "Behälter", lambda: history.containers(today)),
        ("orders", "Aufträge aus zwölf Monaten", lambda: orders),
    ]
    counts = []
    for kind, words, made in steps:
        records = made()
        await desk.bring(kind, records)
        counts.append(f"{len(records)} {words}")
    say("Leitstand: " + ", ".join(counts))
    invoices = history.invoices(today, orders)
    for start in range(0, len(invoices), 50):
        part = invoices[start : start + 50]
        await desk.bring("invoices", [{**one, "pdf": base64.b64encode(paper.invoice(one)).decode()} for one in part])
    say(f"Leitstand: {len(invoices)} Rechnungen mit PDF")


async def let_in(door: portal.Portal, tenant: ConfigureTenant) -> None:
    firsts = {person.customer: person for person in reversed(PEOPLE)}
    for person in PEOPLE:
        known = await door.registered(person)
        if known:
            continue
        if person is not firsts[person.customer]:
            sites = person.sites
            invite = InviteUser(
                user=user_id(TENANT, person.email),
                customer=derived_id(TENANT, "customer", person.customer),
                email=person.email,
                role=Role(person.role),
                sites=None if sites is None else tuple(derived_id(TENANT, "site", number) for number in sites),
            )
            await door.ask(invite, portal.OPERATOR)
        await door.register(person, tenant.terms.version, tenant.privacy.version)
    say(f"{len(PEOPLE)} Benutzer registriert")


def write_logins(settings: Settings) -> None:
    words = {"administrator": "Administration", "orderer": "Besteller", "reader": "nur lesen"}
    names = {one.number: one.name for one in CUSTOMERS}
    rows = [
        {
            "who": f"{person.name} ({words[person.role]})",
            "where": names[person.customer],
            "login": person.email,
            "password": PASSWORD,
        }
        for person in PEOPLE
    ]
    (settings.data / "demo-logins.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def main() -> None:
    try:
        asyncio.run(load(Settings()))
    except (Trouble, Refused, Unreachable) as error:
        sys.exit(f"      {error}")


if __name__ == "__main__":
    main()
