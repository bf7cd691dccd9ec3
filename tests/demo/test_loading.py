"""The demo firm is loaded into a real portal through the desk, and once more without doing anything twice."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from chassis.decider import Asker
from chassis.signing import signed
from embedded.rooms import DESK, ROOMS, of_the_demo, surroundings
from embedded.stack import Stack, infrastructure

pytestmark = pytest.mark.xdist_group("demo")
NEEDED = [*(room.name for room in ROOMS if room.name != "gateway"), DESK.name]


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """The rooms and the desk; no gateway, as nobody looks."""
    async with infrastructure(own=True) as running:
        for name in NEEDED:
            await running.database(name)
        services = [running.service(name) for name in NEEDED]
        await asyncio.gather(*(service.start() for service in services))
        yield running


async def load(stack: Stack) -> str:
    surrounding = surroundings() | {"HOFTOR_DATA": str(stack.settings.data)} | of_the_demo(stack.settings)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo", env={**os.environ, **surrounding}, stdout=-1, stderr=-2
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def said(stack: Stack, room: str) -> list[dict[str, Any]]:
    """All that a room has said."""
    token = signed(stack.settings.the_secret(), Asker(UUID(int=0), "room", "test"))
    port = next(one for one in ROOMS if one.name == room).port(stack.settings)
    found: list[dict[str, Any]] = []
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for partition in range(4):
            after = 0
            while True:
                url = f"http://127.0.0.1:{port}/feed?partition={partition}&after={after}"
                async with session.get(url) as answer:
                    events = await answer.json()
                if not events:
                    break
                found += events
                after = events[-1]["meta"]["number"]
    return found


async def numbered(stack: Stack, room: str) -> Counter[str]:
    """How many events of each kind."""
    return Counter(event["meta"]["type"] for event in await said(stack, room))


# C1 C2 C3 C5 C6 C7 C8 C9
async def test_the_demo_is_loaded_through_the_erp_api_and_loading_it_again_changes_nothing(stack: Stack) -> None:
    first = await load(stack)
    assert "5 Benutzer registriert" in first
    identity, quotes = await numbered(stack, "identity"), await numbered(stack, "quotes")
    assert identity["CustomerActivated"] == 2
    assert identity["SiteRecorded"] == 11
    assert identity["UserRegistered"] == 5
    billing = await said(stack, "billing")
    invoices = [json.loads(event["body"]) for event in billing if event["meta"]["type"] == "InvoiceRecorded"]
    assert len(invoices) == 198
    assert {invoice["document"] and invoice["document"]["media_type"] for invoice in invoices} == {"application/pdf"}
    assert (await numbered(stack, "catalog"))["WasteTypeRecorded"] == 40
    assert quotes["QuoteRequested"] == 3
    assert quotes["QuoteAnswered"] == 2
    logins = json.loads((stack.settings.data / "demo-logins.json").read_text("utf-8"))
    assert len(logins) == 5

    await load(stack)
    assert await numbered(stack, "identity") == identity
    assert await numbered(stack, "quotes") == quotes
