"""A new page or mail is found by itself: one Python file and one template in `pages/` or `mails/`."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

from chassis.views import AnyView, View

from gateway import mails, pages, who


@cache
def modules() -> tuple[ModuleType, ...]:
    found = [who]
    for package in (pages, mails):
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
            found.append(import_module(f"{package.__name__}.{info.name}"))
    return tuple(found)


@cache
def views() -> tuple[AnyView, ...]:
    """Every view that a page or a mail declares, once."""
    found = {id(thing): thing for module in modules() for thing in vars(module).values() if isinstance(thing, View)}
    named: dict[str, AnyView] = {}
    for view in found.values():
        if view.name in named:
            raise ValueError(f"two views are called {view.name}")
        named[view.name] = view
    return tuple(named.values())
