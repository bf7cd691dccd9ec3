"""Pages a second, with session and rights checked, beside a bare Litestar that has everything in hand."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path

import aiohttp
from embedded.ports import any_free
from embedded.process import Process
from embedded.rooms import healthy, surroundings
from embedded.stack import Stack
from visiting import Visitor

from bench.firm import Firm, customer, running
from bench.rounds import Figure, in_turn, rate

SECONDS = 2.5
ORDERS = 400


async def figures(stack: Stack) -> list[Figure]:
    async with running(stack) as firm:
        await fill(firm)
        visitor = await firm.log_in("1")
        document = await text_of(visitor, "/orders", "application/json")
        dashboard = await text_of(visitor, "/", "text/html")
        view = await text_of(visitor, "/", "application/json")
        port = any_free()
        folder = stack.settings.data / "bare"
        folder.mkdir()
        (folder / "orders.json").write_text(document)
        (folder / "view.json").write_text(view)
        bare = Process(
            name="bare",
            command=[sys.executable, "-m", "bench.bare", str(folder), str(port), await stack.database("bare")],
            log=stack.settings.data / "logs" / "bare.log",
            leash=stack.leash,
            ready=lambda: healthy(port),
            environment=surroundings() | {"PYTHONPATH": str(Path(__file__).parents[1])},
        )
        await bare.start()
        found = []
        for name, path, accept, bare_path, size in (
            ("list of 50 rows as JSON", "/orders", "application/json", "/document", len(document)),
            ("dashboard as HTML", "/", "text/html", "/page", len(dashboard)),
        ):
            mine, theirs = await in_turn(
                partial(asked, firm.url("portal") + path, accept, visitor.cookies),
                partial(asked, f"http://127.0.0.1:{port}{bare_path}", "*/*", {}),
                rounds=3,
            )
            found.append(Figure(f"{name} ({size / 1000:.0f} kB)", mine, theirs, "/s", at_least=0.6))
        await bare.stop()
        await visitor.session.close()
        return found


async def fill(firm: Firm) -> None:
    await customer(firm, "1")
    orders = [
        {
            "number": f"A-{place}",
            "kind": "emptying",
            "site": "1-1",
            "container_type": "AB7",
            "waste_type": "BS",
            "status": "completed",
            "placed_on": f"2026-{1 + place % 9:02}-{1 + place % 28:02}",
            "completed_on": f"2026-{1 + place % 9:02}-{1 + place % 28:02}",
            "weight_kg": 1000 + place,
        }
        for place in range(ORDERS)
    ]
    await firm.report("orders", orders)
    async with await firm.gateway() as conn:
        while True:
            rows = await conn.execute("SELECT count(*) FROM view_orders")
            if (await rows.fetchone() or (0,))[0] > ORDERS:
                return
            await asyncio.sleep(0.1)


async def text_of(visitor: Visitor, path: str, accept: str) -> str:
    read = await visitor.get(path, accept=accept)
    assert read.status == 200, read.text[:300]
    return read.text


async def asked(url: str, accept: str, cookies: dict[str, str]) -> float:
    """Requests a second, eight at once; every answer must be whole and good."""
    headers = {"Accept": accept, "Host": "localhost"}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def one(_: int) -> int:
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                body = await answer.read()
                assert answer.status == 200, (answer.status, body[:200])
                assert len(body) > 1000
            return 1

        return await rate(one, 8, SECONDS)
