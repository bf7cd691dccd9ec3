"""A gateway with quotes, really running: a customer who asks for quotes, reads invoices and looks at reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from chassis.decider import Asker
from chassis.room import Context, opened
from chassis.settings import Settings
from chassis.views import View
from contracts.billing import InvoiceRecorded, InvoiceStatus, RecordInvoice
from contracts.catalog import RecordWasteType
from contracts.identity.site import RecordSite
from contracts.orders import OrderRecorded, OrderService
from contracts.quotes import TakeAnswer
from contracts.values import File, Haul, OrderKind, OrderStatus, Window, derived_id
from embedded.ports import any_free
from embedded.stack import Stack
from gateway.app import made
from gateway.pages.site_view import sites
from order_portal import CUSTOMER, FOREIGN, RUBBLE, SITE, SKIP, Browser, Portal, Seen, silent, until
from quotes.__main__ import room as quotes_room
from quotes.views import sites as places_of_quotes

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@asynccontextmanager
async def running(stack: Stack, files: str) -> AsyncIterator[Portal]:
    rooms = (
        silent("identity", RecordSite),
        silent("catalog", RecordWasteType),
        silent("orders", OrderService),
        silent("billing", RecordInvoice),
        replace(quotes_room, tasks=(), effects=()),
        made(),
    )
    ports = {room.name: any_free() for room in rooms}
    mark = uuid4().hex[:8]
    contexts: dict[str, Context] = {}
    async with AsyncExitStack() as running_rooms:
        for room in rooms:
            settings = Settings(
                secret="a secret for trying",
                port=ports[room.name],
                database_url=await stack.database(f"{room.name}_{mark}"),
                kafka_url=stack.settings.kafka,
                smtp_url=stack.settings.smtp,
                files=files,
                topic_prefix=f"{mark}.",
                **{f"{name}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()},  # type: ignore[arg-type]
            )
            contexts[room.name] = await running_rooms.enter_async_context(opened(room, settings))
        portal = Portal(contexts, f"http://127.0.0.1:{ports['gateway']}")
        await portal.begins()
        await until(lambda: all_heard(portal))
        yield portal


async def all_heard(portal: Portal) -> bool:
    """Whether quotes and the gateway know of the site that is said last: a quote for a site unheard of is refused."""
    places: list[tuple[Context, View[Any]]] = [(portal.rooms["quotes"], places_of_quotes), (portal.gateway, sites)]
    return all([await ctx.rows.get(view, portal.tenant, FOREIGN) for ctx, view in places])


def order(number: str, **changes: Any) -> dict[str, Any]:
    """What OrderRecorded says of an order, unless the test says otherwise."""
    haul = {
        "kind": changes.pop("kind", OrderKind.exchange),
        "site": changes.get("site", SITE),
        "site_name": changes.pop("site_name", "Werk Hafen"),
        "waste_type": changes.pop("waste_type", RUBBLE),
        "waste_type_name": changes.pop("waste_type_name", "Bauschutt"),
        "container_type": SKIP,
        "container_type_name": "Absetzbehälter 7 m³",
    }
    said: dict[str, Any] = {
        "customer": CUSTOMER,
        "site": SITE,
        "container": None,
        "number": number,
        "haul": Haul(**haul),
        "status": OrderStatus.completed,
        "placed_on": date(2026, 3, 1),
        "desired": None,
        "planned": None,
        "completed_on": None,
        "weight": None,
        "note": "",
    }
    return said | changes


async def recorded(portal: Portal, number: str, **changes: Any) -> UUID:
    told = order(number, **changes)
    id_ = derived_id(portal.tenant, "order", number)
    await portal.says("orders", f"erp-order:{id_}", OrderRecorded(order=id_, **told))
    return id_


def planned(day: date) -> Window:
    return Window(day=day)


async def invoice(portal: Portal, number: str, gross: int = 11900, **changes: Any) -> UUID:
    """In cents; open and due in the far future unless told otherwise."""
    id_ = derived_id(portal.tenant, "invoice", number)
    said: dict[str, Any] = {
        "customer": CUSTOMER,
        "site": SITE,
        "site_name": "Werk Hafen",
        "issued_on": date(2026, 1, 5),
        "due_on": date(2099, 1, 1),
        "status": InvoiceStatus.open,
        "lines": (),
        "document": None,
    }
    net = round(gross / 1.19)
    event = InvoiceRecorded(invoice=id_, number=number, net=net, tax=gross - net, gross=gross, **(said | changes))
    await portal.says("billing", f"invoice:{id_}", event)
    return id_


async def stored(portal: Portal, name: str, data: bytes, kind: str) -> File:
    return File(sha256=await portal.gateway.files.put(data), name=name, media_type=kind, size=len(data))


async def answers(
    portal: Portal, quote: UUID, text: str, files: Sequence[File] = (), refused: Sequence[str] = ()
) -> UUID:
    """As quotes takes over a mail of sales."""
    message = uuid4()
    taken = TakeAnswer(
        quote=quote,
        message=message,
        sender="vertrieb@ruhrtal.example",
        sender_name="Viktor Vertrieb",
        text=text,
        files=tuple(files),
        refused_files=tuple(refused),
        message_id=f"<{message}@ruhrtal.example>",
    )
    await portal.rooms["quotes"].execute(taken, Asker(portal.tenant, "room", "Vertrieb"))
    return message


async def sends(
    browser: Browser, page: Seen, path: str, fields: dict[str, str], files: Sequence[tuple[str, bytes]] = ()
) -> Seen:
    """A form with files, as a browser sends it."""
    data = aiohttp.FormData(quote_fields=False)
    for name, value in {"csrf": page.hidden("csrf"), "key": page.hidden("key"), **fields}.items():
        data.add_field(name, value)
    for name, content in files:
        data.add_field("files", content, filename=name, content_type="application/octet-stream")
    async with browser._client() as client, client.post(browser.portal.url + path, data=data) as found:
        return Seen(found.status, await found.text(), found.url.path_qs)


async def asks(browser: Browser, subject: str, site: UUID = SITE, files: Sequence[tuple[str, bytes]] = ()) -> UUID:
    """Asks for a quote in the portal; its id."""
    page = await browser.get("/quotes/new")
    fields = {"subject": subject, "description": "Bitte ein Angebot.", "place": "known", "site": str(site)}
    sent = await sends(browser, page, "/quotes/new", fields, files)
    assert sent.url.startswith("/quotes/"), sent.words
    quote = UUID(sent.url.removeprefix("/quotes/"))
    await until(lambda: shown(browser, f"/quotes/{quote}"))
    return quote


async def shown(browser: Browser, path: str) -> bool:
    return (await browser.get(path, "application/json")).status == 200


async def unread(browser: Browser) -> int:
    return int((await browser.json("/quotes"))["unread"])
