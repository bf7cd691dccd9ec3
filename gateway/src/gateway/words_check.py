"""Tells which sentences have no German yet, and which translations nobody needs: `python -m gateway.words_check`."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2.ext import babel_extract

from gateway.words import catalog

GATEWAY = Path(__file__).parent
ROOMS = GATEWAY.parents[2] / "services"
SPOKEN = {"Refused", "NotAllowed", "NotFound", "Invalid"}
MARKED = {"_", "say", "gettext", "ngettext"}
Found = dict[str, set[str]]
"""Sentence → where it stands."""


def templates() -> Iterator[tuple[str, str]]:
    options = {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for file in sorted([*GATEWAY.rglob("*.html"), *GATEWAY.rglob("*.txt")]):
        if "static" in file.parts:
            continue
        with file.open("rb") as opened:
            for line, function, message, _ in babel_extract(opened, ("_", "gettext", "ngettext"), (), options):
                first = message[0] if isinstance(message, tuple) else message
                if isinstance(first, str) and function in ("_", "gettext", "ngettext"):
                    yield first, f"{file.relative_to(GATEWAY)}:{line}"


def sources() -> list[Path]:
    """All but erp-bridge: what it says, programs and operators read, in English."""
    rooms = [file for file in ROOMS.glob("*/src/**/*.py") if "erp_bridge" not in file.parts]
    return sorted([*GATEWAY.rglob("*.py"), *rooms])


def code() -> Iterator[tuple[str, str]]:
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in sources()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    passing = {node.name for node in nodes if isinstance(node, ast.FunctionDef) and says_what_it_is_told(node)}
    named = {name for node in nodes for name in names_said(node, passing)}
    for file, tree in trees.items():
        for node in ast.walk(tree):
            for text in spoken(node, named):
                yield text, f"{file.name}:{getattr(node, 'lineno', 0)}"


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def names_said(node: ast.AST, passing: set[str]) -> Iterator[str]:
    """`raise Refused(LAST_ONE)`: the sentence stands where LAST_ONE is defined."""
    if isinstance(node, ast.Call) and called(node) in SPOKEN | kinds() | passing:
        yield from (given.id for given in node.args if isinstance(given, ast.Name) and given.id.isupper())


def says_what_it_is_told(function: ast.FunctionDef) -> bool:
    """A function that raises a refusal with a sentence that it is given."""
    taken = {argument.arg for argument in function.args.args}
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and called(node) in SPOKEN]
    return any(call.args and isinstance(call.args[0], ast.Name) and call.args[0].id in taken for call in calls)


def spoken(node: ast.AST, named: set[str]) -> Iterator[str]:
    """`_("…")` and `raise Refused("…")`, also by a class that is a kind of Refused or by a name in capitals."""
    if isinstance(node, ast.Call) and node.args and called(node) in MARKED | SPOKEN | kinds():
        yield from texts(node.args[0])
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in named:
        yield from texts(node.value)
    if isinstance(node, ast.FunctionDef) and node.name == "__init__":
        for default in node.args.defaults:
            yield from (text for text in texts(default) if text.endswith("."))


def texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def kinds() -> set[str]:
    """The classes that are refusals, wherever they are defined."""
    if not _KINDS:
        for file in sources():
            _KINDS.update(_REFUSAL.findall(file.read_text(encoding="utf-8")))
    return _KINDS


_KINDS: set[str] = set()
_REFUSAL = re.compile(r"^class (\w+)\((?:Refused|NotAllowed|NotFound|Invalid)\)", re.MULTILINE)


@cache
def needed() -> Found:
    found: Found = {}
    for text, place in (*templates(), *code()):
        found.setdefault(text, set()).add(place)
    return found


def translated() -> Mapping[str, Any]:
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): message.string
        for message in catalog("de")
        if message.id
    }


def is_said(string: Any) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


PLACE = re.compile(r"%\((\w+)\)")


def problems() -> list[str]:
    wanted, known = needed(), translated()
    missing = sorted(text for text in wanted if not is_said(known.get(text)))
    told = [f"no German: {text!r} ({', '.join(sorted(wanted[text]))})" for text in missing]
    told += [f"nobody says: {text!r}" for text in sorted(known) if text not in wanted]
    for text, german in known.items():
        for form in german if isinstance(german, tuple) else (german,):
            if form and not set(PLACE.findall(form)) <= set(PLACE.findall(text)) | {"num"}:
                told.append(f"other places: {text!r}")
    return told


if __name__ == "__main__":
    found = problems()
    print("\n".join(found) or "Every sentence has its German.")
    sys.exit(1 if found else 0)
