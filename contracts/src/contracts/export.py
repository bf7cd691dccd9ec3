"""Writes the published language down: JSON Schemas and AsyncAPI; says which changes would break somebody.

`python -m contracts.export` writes; a breaking change needs `--anyway` (the proper way is a new class, the old one in
`retired.py`). `--check` fails if what is committed is not what the classes say, or breaks what stood at a git ref
(HOFTOR_CONTRACTS_BASE, else HEAD).
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contracts
from contracts.base import Command, Event

ROOT = Path(__file__).parents[2]
Schema = dict[str, Any]
PARTITIONS = 4


def published() -> dict[str, Schema]:
    """Path below contracts/ → JSON Schema, of everything public."""
    for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
        importlib.import_module(module.name)
    found: dict[str, Schema] = {}
    for kind, registry in (("events", Event.registry), ("commands", Command.registry)):
        for name, body in sorted(registry.items()):
            if body.public:
                found[f"schemas/{body.room}/{kind}/{name}.json"] = body.model_json_schema()
    return found


def asyncapi() -> Schema:
    """AsyncAPI 3.0: a topic a room, a message an event."""
    rooms = sorted({event.room for event in Event.registry.values() if event.public})
    channels, operations, messages = {}, {}, {}
    for room in rooms:
        said = {name: event for name, event in sorted(Event.registry.items()) if event.public and event.room == room}
        channels[room] = {
            "address": room,
            "description": f"Everything that {room} says. Events about one customer keep their order.",
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in said},
            "bindings": {"kafka": {"partitions": PARTITIONS}},
        }
        operations[f"{room}-says"] = {"action": "send", "channel": {"$ref": f"#/channels/{room}"}}
        for name, event in said.items():
            messages[name] = {
                "summary": (event.__doc__ or name).strip().splitlines()[0],
                "contentType": "application/json",
                "headers": {"$ref": "#/components/schemas/Envelope"},
                "payload": {"$ref": f"./schemas/{room}/events/{name}.json"},
            }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Hoftor", "version": "1", "description": "What happens in the portal, as events on Kafka."},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"Envelope": envelope()}},
    }


def envelope() -> Schema:
    texts = {
        "ce_specversion": "1.0",
        "ce_id": "unique id of the event",
        "ce_source": "/hoftor/<room>",
        "ce_type": "name of the event",
        "ce_time": "when it happened, ISO 8601",
        "ce_subject": "the stream",
        "ce_streamversion": "place in the stream, from 1",
        "ce_number": "place in the topic's partition, from 1, without a gap",
        "ce_tenant": "the firm",
        "ce_user": "who caused it",
        "ce_username": "the name of who caused it",
        "ce_customer": "whom it is about",
        "ce_causation": "the event that led to it",
        "traceparent": "W3C trace context",
    }
    needed = ["ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_streamversion", "ce_number", "ce_tenant"]
    properties = {name: {"type": "string", "description": text} for name, text in texts.items()}
    return {"type": "object", "description": "CloudEvents 1.0 headers.", "properties": properties, "required": needed}


def yaml(value: Any, depth: int = 0) -> Iterator[str]:
    """Block style; texts in JSON's quotes, which YAML reads as they are."""
    space = "  " * depth
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            if isinstance(inner, (dict, list)) and inner:
                yield f"{space}{json.dumps(name)}:"
                yield from yaml(inner, depth + 1)
            else:
                yield f"{space}{json.dumps(name)}: {json.dumps(inner, ensure_ascii=False)}"
    elif isinstance(value, list):
        yield from (f"{space}- {json.dumps(inner, ensure_ascii=False)}" for inner in value)


def files() -> dict[str, str]:
    texts = {
        path: json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for path, schema in published().items()
    }
    return texts | {"asyncapi.yaml": "\n".join(yaml(asyncapi())) + "\n"}


# -- what would break somebody -----------------------------------------------------------------------------------


def breaking(old: Schema, new: Schema, *, command: bool = False) -> list[str]:
    """Reasons why a reader of old events (or a sender of old commands) would fail with the new class."""
    return list(_differences(old, new, old.get("$defs", {}), new.get("$defs", {}), "", command))


def _differences(old: Schema, new: Schema, olds: Schema, news: Schema, where: str, command: bool) -> Iterator[str]:
    old, new = _followed(old, olds), _followed(new, news)
    for key in ("type", "format", "pattern", "const"):
        if old.get(key) != new.get(key):
            yield f"{where or 'the body'}: {key} was {old.get(key)!r} and is {new.get(key)!r}"
    gone = set(old.get("enum", [])) - set(new.get("enum", []))
    if gone and new.get("enum"):
        yield f"{where}: no longer {', '.join(map(str, sorted(gone)))}"
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before.keys() - after.keys():
        yield f"{where}{name} is gone"
    # In old events a new field is missing, so it must have a default.
    for name in after.keys() - before.keys():
        if name in new.get("required", []):
            yield f"{where}{name} is new and required"
    for name in set(new.get("required", [])) - set(old.get("required", [])) - (after.keys() - before.keys()):
        yield f"{where}{name} was optional and is required"
    if not command:
        for name in before.keys() & after.keys():
            if name in old.get("required", []) and name not in new.get("required", []) and "default" not in after[name]:
                yield f"{where}{name} was always there and may be missing"
    for name in before.keys() & after.keys():
        yield from _differences(before[name], after[name], olds, news, f"{where}{name}.", command)
    if "items" in old and "items" in new:
        yield from _differences(old["items"], new["items"], olds, news, f"{where}[].", command)
    choices, choices_now = old.get("anyOf", []), new.get("anyOf", [])
    if choices and len(choices_now) < len(choices):
        yield f"{where} takes fewer kinds of values"
    for one, other in zip(choices, choices_now, strict=False):
        yield from _differences(one, other, olds, news, where, command)


def _followed(schema: Schema, definitions: Schema) -> Schema:
    reference = schema.get("$ref", "")
    return definitions.get(reference.rpartition("/")[2], {}) if reference else schema


def broken(before: dict[str, str], now: dict[str, Schema]) -> list[str]:
    """`before`: texts of schema files by path. A class that is gone breaks too, unless it moved to `retired.py`."""
    found = []
    retired = {name for name, event in Event.registry.items() if event.__module__ == "contracts.retired"}
    for path, text in sorted(before.items()):
        name = Path(path).stem
        if path in now:
            command = "/commands/" in path
            found += [f"{name}: {why}" for why in breaking(json.loads(text), now[path], command=command)]
        elif name not in retired:
            found.append(f"{name} is gone: move it to retired.py with an upcast")
    return found


def at_ref(ref: str) -> dict[str, str]:
    """The schema files as they were committed; nothing where git or the ref is not there."""
    listed = _git("ls-tree", "-r", "--name-only", ref, "--", "schemas/")
    return {path: _git("show", f"{ref}:./{path}") for path in listed.splitlines() if path.endswith(".json")}


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def main(arguments: list[str]) -> int:
    wanted = files()
    there = {str(path.relative_to(ROOT)): path for path in ROOT.glob("schemas/**/*.json")}
    if (ROOT / "asyncapi.yaml").exists():
        there["asyncapi.yaml"] = ROOT / "asyncapi.yaml"
    schemas = published()
    if arguments == ["--check"]:
        stale = [path for path, text in wanted.items() if path not in there or there[path].read_text() != text]
        stale += [path for path in there if path not in wanted]
        bad = broken(at_ref(os.environ.get("HOFTOR_CONTRACTS_BASE", "HEAD")), schemas)
        for path in stale:
            print(f"not up to date: contracts/{path} (python -m contracts.export)")
        for why in bad:
            print(f"breaking: {why}")
        print(f"{len(schemas)} schemas, {len(stale)} not up to date, {len(bad)} breaking changes")
        return 1 if stale or bad else 0
    bad = broken({path: there[path].read_text() for path in there if path.endswith(".json")}, schemas)
    for why in bad:
        print(f"breaking: {why}")
    if bad and arguments != ["--anyway"]:
        return 1
    for path in there.keys() - wanted.keys():
        there[path].unlink()
    for name, text in wanted.items():
        target = ROOT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    print(f"{len(schemas)} schemas and asyncapi.yaml written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
