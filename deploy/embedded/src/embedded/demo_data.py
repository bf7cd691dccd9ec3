"""On the first start the demo tenant is loaded, and its logins are shown at every start."""

import importlib.util
import json
import sys

from embedded.leash import Leash
from embedded.process import Process
from embedded.progress import say
from embedded.rooms import of_the_demo, surroundings
from embedded.settings import Settings

INTERRUPTED = "      interrupted; what is loaded stays, and the next start goes on with the rest"


async def load(settings: Settings, running: list[Process], leash: Leash) -> str:
    """What came of it. The demo is put among `running`, so that a stop ends it too."""
    loaded = settings.data / "demo-loaded"
    if loaded.exists():
        return "there already"
    if not settings.demo:
        return "not wanted"
    if importlib.util.find_spec("demo.__main__") is None:
        return "missing: the package `demo` has no __main__ yet"
    say()
    demo = Process(
        name="demo",
        command=[sys.executable, "-m", "demo"],
        log=settings.data / "logs" / "demo.log",
        leash=leash,
        ready=nobody_waits,
        environment=surroundings() | {"HOFTOR_DATA": str(settings.data.resolve())} | of_the_demo(settings),
        shown=True,
    )
    demo.launch()
    running.append(demo)
    code = await demo.ended()
    running.remove(demo)
    if code:
        return f"      not loaded (exit code {code}); the portal runs without them, and the next start tries again"
    loaded.touch()
    return "      loaded"


async def nobody_waits() -> bool:
    return True


def logins(settings: Settings) -> list[str]:
    """From var/demo-logins.json, a list of {"who", "where", "login", "password"}."""
    path = settings.data / "demo-logins.json"
    if not path.exists():
        return []
    entries = json.loads(path.read_text("utf-8"))
    rows = [[str(value) for value in entry.values()] for entry in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    return ["", "Logins", *("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)]
