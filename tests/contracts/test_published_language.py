"""What is published stays readable: schemas are up to date, and a breaking change is seen."""

import json
from typing import Any

import pytest
from contracts.base import Event
from contracts.export import ROOT, asyncapi, breaking, broken, files, published


def test_what_is_committed_is_what_the_classes_say() -> None:
    stale = [path for path, text in files().items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    assert stale == [], "python -m contracts.export"


def body(**properties: Any) -> dict[str, Any]:
    """Names ending in `_` are optional, with a default."""
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in properties.items()},
        "required": [name for name in properties if not name.endswith("_")],
    }


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (body(a=TEXT), body(a=NUMBER), "type was 'string'"),
        (body(a=TEXT, b=TEXT), body(a=TEXT), "b is gone"),
        (body(a=TEXT), body(a=TEXT, b=TEXT), "b is new and required"),
        (body(a_=TEXT | {"default": ""}), body(a=TEXT), "a was optional and is required"),
        (body(a=TEXT | {"enum": ["x", "y"]}), body(a=TEXT | {"enum": ["x"]}), "no longer y"),
        (body(a={"anyOf": [TEXT, {"type": "null"}]}), body(a={"anyOf": [TEXT]}), "fewer kinds"),
        (body(a={"type": "array", "items": body(b=TEXT)}), body(a={"type": "array", "items": body()}), "b is gone"),
        (body(a=TEXT | {"format": "date"}), body(a=TEXT), "format was 'date'"),
    ],
)
def test_a_breaking_change_is_named(old: dict[str, Any], new: dict[str, Any], why: str) -> None:
    found = breaking(old, new)
    assert any(why in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (body(a=TEXT), body(a=TEXT)),
        (body(a=TEXT), body(a=TEXT, b_=TEXT | {"default": ""})),
        (body(a=TEXT | {"enum": ["x"]}), body(a=TEXT | {"enum": ["x", "y"]})),
    ],
)
def test_an_addition_breaks_nobody(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert breaking(old, new) == []


def test_a_class_that_disappears_is_named() -> None:
    assert broken({"schemas/orders/events/OrderVanished.json": json.dumps(body(a=TEXT))}, published()) == [
        "OrderVanished is gone: move it to retired.py with an upcast"
    ]


def test_every_public_event_stands_in_asyncapi_with_what_it_means() -> None:
    public = {name: event for name, event in Event.registry.items() if event.__module__.startswith("contracts.")}
    messages = asyncapi()["components"]["messages"]
    assert set(messages) == set(public)
    assert all(message["summary"] for message in messages.values())
    assert all(event.__doc__ and event.__doc__ != Event.__doc__ for event in public.values())
