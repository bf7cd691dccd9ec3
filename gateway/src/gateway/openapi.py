"""What programs may read and do: the same pages as JSON, described from the same types."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from litestar import Response, get
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway import safety
from gateway.page import ROUTES, Route

_KINDS = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
}
_PROBLEM = {
    "description": "Refused; the sentence is meant for people, `errors` names fields.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["title", "status", "detail"],
                "properties": {
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        }
    },
}
_SENT = {
    "type": "object",
    "required": ["to", "said"],
    "properties": {
        "to": {"type": "string", "description": "the page that shows what came of it"},
        "said": {"type": "array", "items": {"type": "string"}},
    },
}


def _model(kind: Any) -> type[BaseModel] | None:
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _refused(route: Route) -> dict[str, Any]:
    codes = ["404"]
    if route.needs != "guest":
        codes.append("401")
    if route.needs in ("orderer", "administrator") or route.method == "POST":
        codes.append("403")
    if route.method == "POST":
        codes += ["409", "422", "429", "503"]
    return dict.fromkeys(sorted(codes), _PROBLEM)


def _operation(route: Route, names: dict[Any, str]) -> dict[str, Any]:
    said = (route.function.__doc__ or "").strip()
    answer: dict[str, Any] = {"description": "done" if route.method == "POST" else "the page as a view"}
    if route.method == "POST":
        answer["content"] = {"application/json": {"schema": _SENT}}
    elif view := _model(route.view):
        answer["content"] = {"application/json": {"schema": {"$ref": names[view, "serialization"]}}}
    made: dict[str, Any] = {
        "operationId": f"{route.function.__module__.rpartition('.')[2]}_{route.function.__name__}",
        "tags": [route.function.__module__.rpartition(".")[2]],
        "summary": said.splitlines()[0] if said else f"{route.method} {route.path}",
        "x-needs": route.needs,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _KINDS[kind]}
            for name, kind in re.findall(r"\{(\w+):(\w+)\}", route.path)
        ],
        "responses": {"200": answer, **_refused(route)},
        "security": [] if route.needs == "guest" else [{"session": []}],
    }
    if route.form:
        schema = {"$ref": names[route.form, "validation"]}
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return made


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1 of every page and action."""
    wanted: set[tuple[type[BaseModel], JsonSchemaMode]] = set()
    for route in ROUTES:
        if route.method == "GET" and (view := _model(route.view)):
            wanted.add((view, "serialization"))
        if route.form:
            wanted.add((route.form, "validation"))
    ordered = sorted(wanted, key=lambda one: (one[0].__module__, one[0].__name__, one[1]))
    schemas, defined = models_json_schema(ordered, ref_template="#/components/schemas/{model}")
    names: dict[Any, str] = {key: schema["$ref"] for key, schema in schemas.items()}
    paths: dict[str, Any] = {}
    for route in sorted(ROUTES, key=lambda one: (one.path, one.method)):
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hoftor customer portal",
            "version": "1",
            "description": (
                "Every page of the portal, as JSON for `Accept: application/json`. Log in with POST /login; send the "
                "X-CSRF-Token of any JSON answer back with every POST."
            ),
        },
        "paths": paths,
        "components": {
            "schemas": defined.get("$defs", {}),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "__Host-hoftor"}},
        },
    }


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def described() -> Response[bytes]:
    return Response(
        msgspec.json.encode(document()), media_type="application/json", headers=safety.headers(False, cache="no-cache")
    )
