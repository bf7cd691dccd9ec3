"""A firm on the whole portal, each room a process of its own, and an ERP that plans every order at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import aiohttp
from aiohttp import web
from berlin import today
from chassis.asking import ask
from chassis.decider import Asker, Refused
from chassis.keys import derive
from chassis.links import token
from contracts.base import Command
from contracts.identity.invitation import InviteUser, RegisterUser
from contracts.identity.tenant import ConfigureTenant
from contracts.identity.user import user_id
from contracts.orders import OrderContainer
from contracts.values import Address, LegalText, Role, derived_id
from embedded.process import until
from embedded.rooms import ROOMS
from embedded.stack import Stack
from psycopg import AsyncConnection
from visiting import Visitor

TENANT = uuid5(NAMESPACE_DNS, "demo.hoftor.example")
PASSWORD = "Kies und Schotter 42"
ADDRESS = {"street": "Am Kanal 4", "postal_code": "48155", "city": "Münster"}


@dataclass
class Firm:
    stack: Stack
    session: aiohttp.ClientSession
    plans: bool = False
    """Whether the ERP answers an order with a plan."""
    handed: dict[str, float] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        return self.stack.settings.the_secret()

    def url(self, room: str) -> str:
        return f"http://127.0.0.1:{getattr(self.stack.settings, f'{room}_port')}"

    async def ask(self, room: str, command: Command, who: Asker) -> None:
        await ask(self.url(room), self.secret, command, who, self.session)

    async def report(self, kind: str, records: list[dict[str, Any]]) -> int:
        """By the bulk API; the number of records that were taken."""
        body = "\n".join(json.dumps(one, default=str) for one in records)
        async with self.session.post(
            f"{self.url('bridge')}/erp/v1/bulk/{kind}",
            data=body.encode(),
            headers=self.key | {"Content-Type": "application/x-ndjson"},
            timeout=aiohttp.ClientTimeout(total=600),
        ) as answer:
            lines = (await answer.text()).splitlines()
        refused = [line for line in lines if '"refused"' in line]
        assert not refused, refused[:3]
        return len(lines)

    async def erp(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        async with self.session.request(
            method, f"{self.url('bridge')}/erp/v1{path}", json=body, headers=self.key
        ) as answer:
            assert answer.status < 300, await answer.text()

    @property
    def key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.stack.settings.derived('api key of the dispatch desk')}"}

    def customer(self, number: str) -> UUID:
        return derived_id(TENANT, "customer", number)

    def user(self, number: str) -> Asker:
        email = f"chef@{number}.example"
        return Asker(
            TENANT, "user", "Anna Meier", user_id(TENANT, email), self.customer(number), Role.administrator, None, email
        )

    def order(self, number: str) -> OrderContainer:
        day = today() + timedelta(days=7)
        while day.weekday() != 2:
            day += timedelta(days=1)
        return OrderContainer(
            container=uuid4(),
            order=uuid4(),
            customer=self.customer(number),
            site=derived_id(TENANT, "site", f"{number}-1"),
            waste_type=derived_id(TENANT, "waste-type", "BS"),
            container_type=derived_id(TENANT, "container-type", "AB7"),
            desired=day,
        )

    async def gateway(self) -> AsyncConnection[Any]:
        url = self.stack.settings.database("hoftor_gateway", "hoftor_gateway")
        return await AsyncConnection.connect(url, autocommit=True)

    async def log_in(self, number: str) -> Visitor:
        """Invites, registers and logs in the first user."""
        email = f"chef@{number}.example"
        invited = InviteUser(
            user=user_id(TENANT, email), customer=self.customer(number), email=email, role=Role.administrator
        )
        await self.ask("identity", invited, Asker(TENANT, "room", "bench"))
        asked_for = "SELECT doc->>'invitation' FROM view_users WHERE key = %s"
        async with await self.gateway() as conn:

            async def there() -> bool:
                found = await conn.execute(
                    "SELECT doc->>'invitation' FROM view_users WHERE key = %s", [str(invited.user)]
                )
                return (row := await found.fetchone()) is not None and row[0] is not None

            await until(there, 60, "the invitation")
            found = await conn.execute(asked_for, [str(invited.user)])
            invitation = UUID((await found.fetchone() or ("",))[0])
        registration = RegisterUser(
            user=invited.user,
            invitation=invitation,
            token=token(derive(self.secret, "invitation"), invitation),
            first_name="Anna",
            last_name="Meier",
            terms="1",
            privacy="1",
            password=PASSWORD,
        )
        await self.ask("identity", registration, Asker(TENANT, "guest"))
        visitor = Visitor(self.url("portal"), "localhost")

        async def logged_in() -> bool:
            await visitor.get("/login")
            await visitor.post("/login", {"email": email, "password": PASSWORD})
            return (await visitor.get("/", accept="application/json")).status == 200

        await until(logged_in, 60, "the login")
        return visitor


async def hook(request: web.Request) -> web.Response:
    """The ERP takes every order, and plans it at once if it is told to."""
    firm: Firm = request.app["firm"]
    order = await request.json()
    reference = order["reference"]
    firm.handed[reference] = time.perf_counter()
    if firm.plans:
        request.app["tasks"].add(asyncio.ensure_future(plan(firm, reference)))
    return web.json_response({"erp_number": f"EA-{reference[:8]}"})


async def plan(firm: Firm, reference: str) -> None:
    day = (today() + timedelta(days=8)).isoformat()
    await firm.erp("PUT", f"/external-orders/{reference}/status", {"status": "planned", "day": day})


@asynccontextmanager
async def running(stack: Stack) -> AsyncIterator[Firm]:
    """All rooms, one firm, one customer `1` with a site, and the types that its orders need."""
    for room in ROOMS:
        await stack.database(room.database.removeprefix("hoftor_"))
    services = [stack.service(room.name) for room in ROOMS]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        firm = Firm(stack, session)
        app = web.Application()
        app["firm"], app["tasks"] = firm, set()
        app.router.add_post("/hook", hook)
        app.router.add_get("/hook/{reference}", lambda request: web.Response(status=404))
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", stack.settings.desk_port).start()
        await asyncio.gather(*(service.start(120) for service in services))
        await furnish(firm)
        yield firm
        for service in services:
            await service.stop()
        await runner.cleanup()


async def furnish(firm: Firm) -> None:
    text = LegalText(version="1", text="…")
    configured = ConfigureTenant(
        tenant=TENANT,
        name="Nordhof Entsorgung",
        domains=("localhost",),
        sender="portal@nordhof.example",
        quote_address="vertrieb@nordhof.example",
        address=Address.model_validate(ADDRESS),
        imprint=text,
        terms=text,
        privacy=text,
    )
    await firm.ask("identity", configured, Asker(TENANT, "operator", "bench"))
    await firm.report("waste-types", [{"number": "BS", "name": "Bauschutt", "code": "170107"}])
    skip = {"number": "AB7", "name": "Absetzcontainer 7 m³", "family": "Absetzbehälter", "volume": "7"}
    await firm.report("container-types", [{**skip, "waste_types": ["BS"], "kinds": ["exchange", "removal"]}])
    await customer(firm, "1")
    first = firm.order("1")

    async def ordered() -> bool:
        try:
            await firm.ask("orders", first, firm.user("1"))
        except Refused:
            return False
        return True

    await until(ordered, 60, "the first order")


async def customer(firm: Firm, number: str) -> None:
    await firm.report("customers", [{"number": number, "name": f"Bau {number} GmbH", "address": ADDRESS}])
    await firm.report("sites", [{"number": f"{number}-1", "customer": number, "name": "Werk", "address": ADDRESS}])
    await firm.erp("PUT", f"/customers/{number}/portal", {"enabled": True, "email": f"erster@{number}.example"})
