"""The document from which an ERP's programmers generate their client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, get
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from erp_bridge.fetching import Acknowledgement
from erp_bridge.portal import Switch
from erp_bridge.reconciling import Reconciliation
from erp_bridge.records import RECORDS
from erp_bridge.single import PREFIX
from erp_bridge.status import STATUS

_REFS = "#/components/schemas/{model}"
_TEXT = {"type": "string"}
_BODIES: dict[tuple[str, str], type[BaseModel]] = {
    ("put", "/customers/{number}/portal"): Switch,
    ("post", "/external-orders/{reference}/acknowledge"): Acknowledgement,
    ("post", "/reconciliation"): Reconciliation,
}


@get("/openapi.json", include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return described(request.app.openapi_schema.to_schema())


def described(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the web framework knows of the routes, with the bodies, the errors and the key."""
    paths = {path: dict(item) for path, item in found["paths"].items() if path.startswith(PREFIX)}
    schemas = dict(found.get("components", {}).get("schemas", {})) | models() | {"Problem": PROBLEM}
    for collection, record in RECORDS.items():
        reported = paths[f"{PREFIX}/{collection}/{{number}}"]["put"]
        body(reported, "application/json", {"$ref": _REFS.format(model=record.__name__)})
    for (method, path), model in _BODIES.items():
        body(paths[PREFIX + path][method], "application/json", {"$ref": _REFS.format(model=model.__name__)})
    body(paths[f"{PREFIX}/external-orders/{{reference}}/status"]["put"], "application/json", schemas["Status"])
    body(paths[f"{PREFIX}/bulk/{{kind}}"]["post"], "application/x-ndjson", _TEXT)
    body(paths[f"{PREFIX}/documents/{{sha256}}"]["put"], "application/octet-stream", _TEXT | {"format": "binary"})
    for item in paths.values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["security"] = [{"key": []}]
                operation["responses"] = dict(operation["responses"]) | {"default": ANY_PROBLEM}
    key = {"type": "http", "scheme": "bearer", "description": "the API key of a firm's connection"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hoftor: ERP bridge", "version": "1.0.0", "description": "See API.md of the ERP bridge."},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas, "securitySchemes": {"key": key}},
    }


def body(operation: dict[str, Any], media_type: str, schema: Mapping[str, Any]) -> None:
    operation["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}


def models() -> dict[str, Any]:
    every: list[type[BaseModel]] = [*RECORDS.values(), *_BODIES.values()]
    _, found = models_json_schema([(model, "validation") for model in every], ref_template=_REFS)
    status = TypeAdapter(STATUS._type).json_schema(ref_template=_REFS)
    schemas: dict[str, Any] = dict(found["$defs"]) | status.pop("$defs")
    for record in RECORDS.values():
        # The path carries it.
        schemas[record.__name__]["required"] = [
            name for name in schemas[record.__name__]["required"] if name != "number"
        ]
    return schemas | {"Status": status}


PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT | {"description": "a sentence for the one who sits at the ERP"},
        "field": _TEXT | {"description": "the field that it is about"},
    },
}
ANY_PROBLEM = {
    "description": "What is wrong",
    "content": {"application/problem+json": {"schema": {"$ref": _REFS.format(model="Problem")}}},
}
