"""Calls the ERP's webhook, signed, and judges what its answer says: taken, not there, or unclear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from standardwebhooks import Webhook


class NoAnswer(ConnectionError):
    """The ERP could not be reached, or the connection broke: it may have taken the order all the same."""


@dataclass(frozen=True)
class Taken:
    """The ERP has it, under its own number if it told one."""

    erp_number: str | None


@dataclass(frozen=True)
class NotThere:
    """The ERP says that it does not have it."""


@dataclass(frozen=True)
class Unclear:
    """The answer does not say whether the ERP has it."""

    why: str


Judgement = Taken | NotThere | Unclear


@dataclass(frozen=True)
class Endpoint:
    url: str
    secret: str
    seconds: float

    def signature(self, message: str, body: str) -> dict[str, str]:
        now = datetime.now(UTC)
        signer = Webhook(self.secret if self.secret.startswith("whsec_") else self.secret.encode())
        return {
            "webhook-id": message,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(message, now, body),
            "Idempotency-Key": message,
        }


def judge_sending(status: int, body: Any) -> Taken | Unclear:
    if 200 <= status < 300 and isinstance(body, dict) and number_in(body):
        return Taken(number_in(body))
    return Unclear(f"answered {status}" + ("" if status >= 300 else " without an erp_number"))


def judge_question(status: int, body: Any, action: str) -> Judgement:
    if status == 404:
        return NotThere()
    if not (200 <= status < 300 and isinstance(body, dict)):
        return Unclear(f"answered {status} when asked")
    if action == "cancel":
        return Taken(number_in(body)) if body.get("cancelled") is True else NotThere()
    return Taken(number_in(body)) if number_in(body) else Unclear("does not tell its number when asked")


def number_in(body: dict[str, Any]) -> str | None:
    number = body.get("erp_number")
    return number if isinstance(number, str) and 0 < len(number) <= 64 else None


async def send(
    session: aiohttp.ClientSession, endpoint: Endpoint, message: str, body: dict[str, Any], trace: str | None
) -> Taken | Unclear:
    """NoAnswer if the connection fails before, while or after the ERP takes it."""
    written = msgspec.json.encode(body).decode()
    headers = endpoint.signature(message, written) | {"Content-Type": "application/json"}
    return judge_sending(*await called(session, endpoint, "POST", endpoint.url, headers, written, trace))


async def ask(session: aiohttp.ClientSession, endpoint: Endpoint, reference: str, action: str) -> Judgement:
    """Whether the ERP has it already."""
    url = f"{endpoint.url.rstrip('/')}/{reference}"
    return judge_question(*await called(session, endpoint, "GET", url, endpoint.signature(reference, "")), action)


async def called(
    session: aiohttp.ClientSession,
    endpoint: Endpoint,
    method: str,
    url: str,
    headers: dict[str, str],
    body: str | None = None,
    trace: str | None = None,
) -> tuple[int, Any]:
    try:
        async with session.request(
            method,
            url,
            data=body,
            headers=headers | ({"traceparent": trace} if trace else {}),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=endpoint.seconds),
        ) as answer:
            said = await answer.content.read(65536)
            return answer.status, decoded(said)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NoAnswer(str(error) or type(error).__name__) from error


def decoded(said: bytes) -> Any:
    try:
        return msgspec.json.decode(said) if said else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
