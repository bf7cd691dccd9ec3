"""The bridge for trying: an ERP that can misbehave, customers who order, and a client of the API."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from aiohttp import web
from chassis.decider import Asker, Decider
from chassis.room import Context, Room
from contracts.base import Command, Event
from contracts.orders import OrderCancelled, OrderPlaced
from contracts.values import Haul, OrderKind, derived_id
from embedded.ports import any_free
from standardwebhooks import Webhook

ADDRESS = {"street": "Am Kanal 4", "postal_code": "48155", "city": "Münster", "country": "DE"}
WASTE = {"name": "Bauschutt", "code": "170107"}
SKIP = {
    "name": "Absetzcontainer 7 m³",
    "family": "Absetzbehälter",
    "volume": "7",
    "waste_types": ["BS"],
    "kinds": ["exchange", "removal"],
}
CUSTOMER = {"name": "Bauhof Nord GmbH", "address": ADDRESS}
SITE = {"customer": "10023", "name": "Baustelle Hafen", "address": ADDRESS}
CONTAINER = {"site": "10023-02", "container_type": "AB7", "waste_type": "BS"}


class SayAsOrders(Command):
    """Says an event as the room orders would."""

    stream: str
    type: str
    body: str


saying = Decider(
    name="orders",
    commands=(SayAsOrders,),
    initial=None,
    decide=lambda command, state, asked: [Event.registry[command.type].read(command.body)],
    evolve=lambda state, event: None,
    stream=lambda command: command.stream,
)
ORDERS = Room("orders", deciders=[saying])


class Erp:
    """Takes every order that it is sent, as often as it is sent: twice would be seen. `next` says how it misbehaves."""

    def __init__(self) -> None:
        self.port = any_free()
        self.secret = "the secret of the webhook"
        self.taken: list[str] = []
        self.numbers: dict[str, str] = {}
        self.bodies: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.misbehave: list[str] = []
        self.held = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self.hook)
        app.router.add_get("/hook/{reference}", self.look_up)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def hook(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = Webhook(self.secret.encode()).verify(text, dict(request.headers))
        message = request.headers["Idempotency-Key"]
        assert message == request.headers["webhook-id"]
        self.calls.append(f"POST {message}")
        way = self.misbehave.pop(0) if self.misbehave else ""
        if way == "fails":
            return web.json_response({}, status=500)
        if way == "holds without taking":
            await self.held.wait()
        if way in ("cuts", "holds without taking"):
            return self.cut(request)
        self.taken.append(message)
        self.bodies.append(body)
        self.numbers.setdefault(body["reference"], f"EA-{len(self.numbers) + 1}")
        if way == "takes and fails":
            return web.json_response({}, status=500)
        if way == "takes and cuts":
            return self.cut(request)
        if way == "takes and says nothing":
            return web.Response(status=204)
        if way == "takes and holds":
            await self.held.wait()
        return web.json_response({"erp_number": self.numbers[body["reference"]]})

    def cut(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def look_up(self, request: web.Request) -> web.Response:
        reference = request.match_info["reference"]
        Webhook(self.secret.encode()).verify("", dict(request.headers), json_parse=False)
        self.calls.append(f"GET {reference}")
        if reference not in self.numbers:
            return web.json_response({}, status=404)
        cancelled = f"{reference}-cancel" in self.taken
        return web.json_response({"erp_number": self.numbers[reference], "cancelled": cancelled})


@dataclass
class Answer:
    status: int
    body: Any


@dataclass
class Client:
    """A firm's ERP at the API."""

    base: str
    key: str
    tenant: UUID
    orders: Context
    bridge: Context

    async def call(self, method: str, path: str, body: Any = None, *, data: bytes | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        async with aiohttp.ClientSession() as session:
            async with session.request(method, self.base + path, json=body, data=data, headers=headers) as answer:
                kind = answer.content_type
                said = await answer.read()
                if kind == "application/x-ndjson":
                    return Answer(answer.status, [json.loads(line) for line in said.splitlines()])
                return Answer(answer.status, json.loads(said) if said else None)

    async def put(self, path: str, body: Any) -> Answer:
        return await self.call("PUT", path, body)

    async def get(self, path: str) -> Answer:
        return await self.call("GET", path)

    async def post(self, path: str, body: Any = None) -> Answer:
        return await self.call("POST", path, body)

    async def furnish(self) -> None:
        """A customer with a site, and what can be ordered."""
        for path, body in (
            ("/waste-types/BS", WASTE),
            ("/container-types/AB7", SKIP),
            ("/customers/10023", CUSTOMER),
            ("/sites/10023-02", SITE),
        ):
            answer = await self.put(path, body)
            assert answer.status in (200, 201), answer

    def id(self, kind: str, number: str) -> UUID:
        return derived_id(self.tenant, kind, number)

    async def order(self, **changes: Any) -> OrderPlaced:
        """A customer orders a container in the portal."""
        customer, site, container = self.id("customer", "10023"), self.id("site", "10023-02"), uuid4()
        haul = Haul(
            kind=OrderKind.placement,
            site=site,
            site_name="Baustelle Hafen",
            waste_type=self.id("waste-type", "BS"),
            waste_type_name="Bauschutt",
            container_type=self.id("container-type", "AB7"),
            container_type_name="Absetzcontainer 7 m³",
            container=container,
        )
        placed = OrderPlaced(
            **{
                "order": uuid4(),
                "customer": customer,
                "site": site,
                "container": container,
                "haul": haul,
                "desired": date(2026, 12, 1),
                "note": "Bitte vor 9 Uhr",
                "placed_by": "Anna Meier",
                **changes,
            }
        )
        await self.say(placed)
        return placed

    async def cancel(self, placed: OrderPlaced) -> None:
        await self.say(
            OrderCancelled(
                order=placed.order,
                customer=placed.customer,
                site=placed.site,
                container=placed.container,
                kind=placed.haul.kind,
                reason="Doch nicht",
                by_customer=True,
            )
        )

    async def say(self, event: OrderPlaced | OrderCancelled) -> None:
        said = SayAsOrders(
            stream=f"container:{event.container}", type=type(event).__name__, body=event.model_dump_json()
        )
        await self.orders.execute(said, Asker(self.tenant, "room", "orders"))

    async def said(self, customer: str = "10023") -> list[str]:
        """The types of all events of the bridge about a customer."""
        return [type_ for type_, _ in await self.events(f"customer:{self.id('customer', customer)}")]

    async def events(self, stream: str) -> list[tuple[str, dict[str, Any]]]:
        async with self.bridge.pool.connection() as conn:
            found = await conn.execute(
                "SELECT type, body::jsonb FROM log WHERE tenant = %s AND stream = %s ORDER BY version",
                [self.tenant, stream],
            )
            return [(row[0], row[1]) for row in await found.fetchall()]

    async def external(self, placed: OrderPlaced) -> dict[str, Any]:
        """The external order, as soon as the bridge has it."""
        found: list[Answer] = []

        async def there() -> bool:
            found.append(await self.get(f"/external-orders/{placed.order}"))
            return found[-1].status == 200

        await until(there)
        body: dict[str, Any] = found[-1].body
        return body

    async def handed_over(self, placed: OrderPlaced) -> dict[str, Any]:
        async def done() -> bool:
            return bool((await self.external(placed))["state"] == "handed-over")

        await until(done)
        return await self.external(placed)


async def until(condition: Callable[[], Awaitable[object]], within: float = 30.0) -> None:
    """Waits for what must come; `within` only ends a test that has failed."""
    began = time.monotonic()
    while not await condition():
        if time.monotonic() - began > within:
            raise AssertionError(f"it did not come within {within} s")
        await asyncio.sleep(0.03)


@asynccontextmanager
async def an_erp() -> AsyncIterator[Erp]:
    erp = Erp()
    await erp.start()
    try:
        yield erp
    finally:
        erp.held.set()
        await erp.stop()
