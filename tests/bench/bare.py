"""The baseline of the pages: Litestar with one stored document, and with the dashboard's template and its data in hand.

`python -m bench.bare <folder with orders.json and view.json> <port> <database url>`
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from uuid import uuid4

import uvloop
from chassis.pool import pool
from contracts.values import Address, Branding, Language, Role
from gateway.page import ROUTES
from gateway.pages import dashboard
from gateway.showing import templates
from gateway.who import Me, TenantDoc
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, Response, get


async def main(folder: Path, port: int, url: str) -> None:
    connections = pool(url, 8, autocommit=True)
    async with connections:
        async with connections.connection() as conn:
            await conn.execute("CREATE TABLE documents (key text PRIMARY KEY, doc text NOT NULL)")
            await conn.execute("INSERT INTO documents VALUES ('x', %s)", [(folder / "orders.json").read_text()])
        route = next(one for one in ROUTES if one.path == "/" and one.method == "GET")
        view = route.view.model_validate_json((folder / "view.json").read_text())
        assert route.function.__module__ == dashboard.__name__
        assert route.template
        template = templates("de").get_template(route.template)
        known = given()

        @get("/document")
        async def document() -> Response[bytes]:
            async with connections.connection() as conn:
                found = await conn.execute("SELECT doc FROM documents WHERE key = %s", ["x"], prepare=True)
                text = (await found.fetchone() or ("",))[0]
            return Response(text.encode(), media_type="application/json")

        @get("/page")
        async def page() -> Response[bytes]:
            return Response(template.render(page=view, **known).encode(), media_type="text/html")

        @get("/health/ready")
        async def ready() -> dict[str, bool]:
            return {"ready": True}

        app = Litestar([document, page, ready], openapi_config=None, logging_config=None)
        server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve()


def given() -> dict[str, object]:
    """What stands round every page."""
    someone = uuid4()
    tenant = TenantDoc(
        tenant=someone,
        name="Nordhof Entsorgung",
        domains=("localhost",),
        branding=Branding(),
        sender="portal@nordhof.example",
        quote_address="vertrieb@nordhof.example",
        phone="",
        address=Address(street="Am Kanal 4", postal_code="48155", city="Münster"),
        region="NW",
        map_tiles="",
        terms_version="1",
        privacy_version="1",
    )
    me = Me(
        tenant=someone,
        user=someone,
        customer=someone,
        customer_name="Bau 1 GmbH",
        name="Anna Meier",
        first_name="Anna",
        last_name="Meier",
        email="chef@1.example",
        phone="",
        language=Language.german,
        role=Role.administrator,
        sites=None,
        tour_done=False,
    )
    return {
        "me": me,
        "tenant": tenant,
        "language": "de",
        "path": "/",
        "query": {},
        "badges": {"quotes": 0},
        "csrf": "0" * 64,
        "key": str(someone),
        "flashes": (),
        "processing": "",
        "errors": {},
        "form": {},
        "tour": True,
    }


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
