"""Who may know whom: the rules in pyproject.toml hold, and none of the modules that they are about is forgotten."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

from histories import ROOMS
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
RULES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def modules_of(rule: str) -> list[str]:
    found: list[str] = next(one["source_modules"] for one in RULES if one["name"].startswith(rule))
    return found


def covered(module: str, by: list[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in by)


def test_nobody_imports_what_is_none_of_their_business() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_every_decider_is_among_those_that_import_no_machinery() -> None:
    pure = modules_of("deciders import no machinery")
    deciders = [decider for room in ROOMS.values() for decider in room.deciders]
    parts = {part.__module__ for one in deciders for part in (one.decide, one.evolve, one.stream, type(one.initial))}
    assert [module for module in sorted(parts) if not covered(module, pure)] == []


def test_all_views_and_reactions_of_the_rooms_are_under_their_rules() -> None:
    reacting = {step.__module__ for room in ROOMS.values() if room.reactions for step in room.reactions.steps.values()}
    assert reacting == set(modules_of("reactions only"))
    folding = {step.fold.__module__ for room in ROOMS.values() for view in room.views for step in view.steps.values()}
    # Identity's one view stands beside the routes that read it.
    assert folding - {"identity.letters"} <= set(modules_of("views of the rooms"))


def test_the_contracts_import_pydantic_and_nothing_else() -> None:
    allowed = {"contracts", "pydantic", *sys.stdlib_module_names}
    for path in (ROOT / "contracts/src/contracts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    imported = {name.name for name in names}
                case ast.ImportFrom(module=module):
                    imported = {module or "contracts"}
                case _:
                    continue
            assert {name.partition(".")[0] for name in imported} <= allowed, path.name
