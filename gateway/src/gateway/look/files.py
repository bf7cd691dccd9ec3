"""Where the styles, scripts and pictures of the portal lie, and which version of them a browser should hold."""

from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
SERVICE_WORKER = STATIC / "sw.js"


def _version() -> str:
    digest = sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(STATIC).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


# In the path, not in a query: the modules that portal.js imports by relative address then carry it as well.
VERSION = _version()


def asset(path: str) -> str:
    """Address of a file under `static/`, for ever cacheable."""
    return f"/look/{VERSION}/{path}"
