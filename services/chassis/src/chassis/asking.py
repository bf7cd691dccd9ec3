"""Asks another room for something, signed with who asks; a refusal arrives as it was raised there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from contracts.base import Command

from chassis import telemetry
from chassis.decider import Asker, Invalid, NotAllowed, NotFound, Refused
from chassis.signing import NotSigned, signed

_KINDS: dict[int, type[Refused]] = {401: NotSigned, 403: NotAllowed, 404: NotFound, 422: Invalid}


class Unreachable(ConnectionError):
    """The room does not answer now."""


@dataclass(frozen=True)
class Answer:
    """What a command led to; `number` is None when nothing public was said."""

    room: str
    stream: str
    version: int
    partition: int | None = None
    number: int | None = None


async def call(session: aiohttp.ClientSession, url: str, secret: str, who: Asker, body: str | bytes) -> Any:
    """POST of JSON. Refused (of the same class) with the sentence of the room, Unreachable if it is down."""
    sent = {"Authorization": f"Bearer {signed(secret, who)}", "Content-Type": "application/json"}
    if trace := telemetry.traceparent():
        sent["traceparent"] = trace
    try:
        async with session.post(url, data=body, headers=sent) as answer:
            said = await answer.read()
            if answer.status < 400:
                return json.loads(said) if said else None
            if answer.status >= 500:
                raise Unreachable(f"{url} answered {answer.status}")
            raise refusal(answer.status, json.loads(said))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unreachable(f"{url} does not answer: {error!r}") from error


def refusal(status: int, problem: Mapping[str, Any]) -> Refused:
    kind = _KINDS.get(status, Refused)
    sentence = str(problem.get("sentence") or problem.get("detail") or problem.get("title") or status)
    made = kind(sentence, **problem.get("params", {}))
    made.status = status
    return made


async def ask(
    url: str, secret: str, command: Command, who: Asker, session: aiohttp.ClientSession | None = None
) -> Answer:
    """Sends a command to the room at `url`."""
    target = f"{url}/commands/{type(command).__name__}"
    if session is None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as own:
            return Answer(**await call(own, target, secret, who, command.model_dump_json()))
    return Answer(**await call(session, target, secret, who, command.model_dump_json()))
