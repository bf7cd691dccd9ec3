"""What the ERP is told when something cannot be taken: a clear sentence, and the field that it is about."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from chassis.decider import Invalid, NotFound, Refused
from litestar import Response
from litestar.exceptions import HTTPException
from pydantic import ValidationError

PROBLEM = "application/problem+json"
_TITLES = {422: "Unprocessable Content"}  # Python before 3.13 has an older name


class TooLarge(Refused):
    status = 413


class WrongKind(Refused):
    status = 415


def problem(status: int, detail: str, field: str | None = None) -> dict[str, Any]:
    """RFC 9457."""
    named = {"field": field} if field else {}
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **named}


def problem_of(error: Refused) -> dict[str, Any]:
    field = error.params.get("field")
    return problem(error.status, str(error), str(field) if field else None)


def invalid(error: ValidationError) -> Invalid:
    """The first thing that is wrong; the others show when it is right."""
    first = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return Invalid("There is no field %(field)s here.", field=field)
    if first["type"] == "missing":
        return Invalid("The field %(field)s is missing.", field=field)
    return Invalid("The field %(field)s is not right: %(why)s.", field=field, why=first["msg"].rstrip("."))


def answered(status: int, body: dict[str, Any]) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM)


def refused(_: Any, error: Refused) -> Response[bytes]:
    return answered(error.status, problem_of(error))


def http_error(_: Any, error: HTTPException) -> Response[bytes]:
    return answered(error.status_code, problem(error.status_code, error.detail))


def no_such_thing(what: str, number: str) -> NotFound:
    return NotFound("There is no %(what)s %(number)s; report it first.", what=what, number=number)


HANDLERS: dict[Any, Any] = {Refused: refused, HTTPException: http_error}
