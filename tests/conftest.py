"""How the tests share two cores: a folder with servers of its own stays on one worker, and the longest begin first."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST = ("system", "gateway", "quotes", "erp_bridge", "chassis", "demo", "identity", "orders", "embedded", "desk")


class Folder(pytest.Package):
    """Its fixtures of package scope, servers above all, end when a worker goes on to another folder. An `__init__.py`
    would do it too, but then `tests/gateway` would stand before the gateway itself."""

    def setup(self) -> None:
        """There is no `__init__.py` to begin with."""


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if (
        path != HERE
        and path.is_relative_to(HERE)
        and (path / "conftest.py").exists()
        and not (path / "__init__.py").exists()
    ):
        return Folder.from_parent(parent, path=path)
    return None


def folder_of(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that need nothing but the processor go wherever there is room."""
    for item in items:
        needs_servers = {"stack", "running", "portal"} & set(getattr(item, "fixturenames", ()))
        if needs_servers and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(folder_of(item)))
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(folder_of(item), len(order)))
    if config.getoption("loadgroup", False):
        for item in items:
            for group in item.iter_markers("xdist_group"):
                # xdist 3.8 writes the group where pytest 9.2 no longer reads it; without this no group has an effect.
                item._id = type(item.id).parse(f"{item.nodeid}@{group.args[0]}")
                break
