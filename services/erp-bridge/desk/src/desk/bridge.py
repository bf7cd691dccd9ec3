"""Speaks the ERP API of the portal, and nothing else of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp

from desk.records import Refused


class Unreachable(ConnectionError):
    """The portal does not answer now."""


class PortalRefused(Refused):
    """The portal said no, and why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Bridge:
    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url.rstrip("/"), session

    async def _ask(self, method: str, path: str, *, body: Any = None, data: bytes | None = None, kind: str = "") -> Any:
        headers = {"Content-Type": kind} if kind else {}
        try:
            async with self._session.request(
                method, f"{self._url}{path}", json=body, data=data, headers=headers
            ) as answer:
                said = await answer.read()
                if answer.status >= 500 or answer.status in (401, 408, 429):
                    raise Unreachable(f"Das Portal antwortet mit {answer.status}.")
                if answer.status >= 400:
                    raise PortalRefused(answer.status, sentence(said, answer.status))
                if "ndjson" in answer.content_type:
                    return [json.loads(line) for line in said.splitlines() if line.strip()]
                return json.loads(said) if said else None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable("Das Portal antwortet nicht.") from error

    async def bulk(self, kind: str, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """An answer for each record, in order: number, status, and `problem` if it was refused."""
        data = b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)
        answers: list[dict[str, Any]] = await self._ask("POST", f"/bulk/{kind}", data=data, kind="application/x-ndjson")
        if len(answers) != len(records):
            raise Unreachable(f"Das Portal hat auf {len(records)} Datensätze {len(answers)} Antworten gegeben.")
        return answers

    async def document(self, sha256: str, data: bytes) -> None:
        """Sends it unless the portal has it."""
        try:
            await self._ask("GET", f"/documents/{sha256}")
        except PortalRefused as error:
            if error.status != 404:
                raise
            await self._ask("PUT", f"/documents/{sha256}", data=data, kind="application/pdf")

    async def portal(self, customer: str, enabled: bool, email: str) -> None:
        body = {"enabled": True, "email": email} if enabled else {"enabled": False}
        await self._ask("PUT", f"/customers/{quote(customer, safe='')}/portal", body=body)

    async def transfer_completed(self, customer: str) -> None:
        await self._ask("POST", f"/customers/{quote(customer, safe='')}/transfer-completed")

    async def invitation(self, customer: str, again: bool) -> None:
        await self._ask("POST" if again else "DELETE", f"/customers/{quote(customer, safe='')}/invitation")

    async def external_orders(self, after: int | None, wait: int) -> dict[str, Any]:
        """`items` and `cursor`; without `after` what has not been acknowledged."""
        cursor = "" if after is None else f"&after={after}"
        found: dict[str, Any] = await self._ask("GET", f"/external-orders?limit=100&wait={wait}{cursor}")
        return found

    async def acknowledge(self, reference: str, erp_number: str, action: str) -> None:
        body = {"erp_number": erp_number, "action": action}
        await self._ask("POST", f"/external-orders/{reference}/acknowledge", body=body)

    async def status(self, reference: str, body: dict[str, Any]) -> None:
        await self._ask("PUT", f"/external-orders/{reference}/status", body=body)


def sentence(said: bytes, status: int) -> str:
    try:
        problem = json.loads(said)
    except ValueError:
        return f"Das Portal antwortet mit {status}."
    return str(problem.get("detail") or problem.get("title") or f"Das Portal antwortet mit {status}.")


@asynccontextmanager
async def connected(url: str, api_key: str) -> AsyncIterator[Bridge]:
    timeout = aiohttp.ClientTimeout(total=120, sock_connect=5)
    headers = {"Authorization": f"Bearer {api_key}"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        yield Bridge(url, session)
