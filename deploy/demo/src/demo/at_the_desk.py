"""Fills the dispatch desk with what the firm knows, and ticks „Online-Portal“ there as a dispatcher would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from demo.trouble import Trouble


class DispatchDesk:
    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url.rstrip("/"), session

    async def bring(self, kind: str, records: Sequence[dict[str, Any]]) -> int:
        """How many are new or differ from what is there."""
        body = "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()
        async with self._session.post(f"{self._url}/import/{kind}", data=body) as answer:
            if answer.status != 200:
                raise Trouble(f"Der Leitstand nimmt {kind} nicht an ({answer.status}): {await answer.text()}")
            changed: int = (await answer.json())["changed"]
            return changed

    async def progress(self, customer: str) -> dict[str, Any]:
        async with self._session.get(
            f"{self._url}/customers/{customer}/progress", headers={"Accept": "application/json"}
        ) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found

    async def switch_on(self, customer: str, email: str) -> None:
        if (await self.progress(customer))["portal"]:
            return
        form = {"portal": "on", "email": email}
        async with self._session.post(
            f"{self._url}/customers/{customer}/portal", data=form, allow_redirects=False
        ) as answer:
            if answer.status != 303:
                raise Trouble(f"Der Leitstand schaltet das Portal für {customer} nicht ein ({answer.status}).")

    async def transferred(self, customer: str, seconds: float = 300) -> dict[str, Any]:
        """Waits until everything has been sent."""
        for _ in range(int(seconds * 2)):
            found = await self.progress(customer)
            if found["transfer"] == "done":
                refused = [part for part in found["parts"] if part["refused"]]
                if refused:
                    raise Trouble(f"Das Portal hat Datensätze von {customer} abgelehnt: {refused[0]['problem']}")
                return found
            if found["transfer"] == "refused":
                raise Trouble(f"Das Portal hat {customer} abgelehnt: {found['transfer_problem']}")
            await asyncio.sleep(0.5)
        raise Trouble(f"Die Übertragung von {customer} ist nach {seconds:.0f} s nicht fertig.")


@asynccontextmanager
async def opened(url: str, api_key: str) -> AsyncIterator[DispatchDesk]:
    headers = {"Authorization": f"Bearer {api_key}"}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=120)) as session:
        yield DispatchDesk(url, session)
