"""`make check`: every check of the code runs, even when an earlier one has failed, and a summary closes."""

import subprocess
import sys
import time
from pathlib import Path

from embedded.progress import say
from embedded.settings import ROOT

BIN = Path(sys.executable).parent
SOURCES = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*/src", "services/*/src", "services/erp-bridge/desk/src", "deploy/*/src")
    for path in ROOT.glob(pattern)
)
CHECKS = {
    "style": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [str(BIN / "mypy"), *SOURCES],
    "who imports whom": [str(BIN / "lint-imports")],
    "published contracts": [sys.executable, "-m", "contracts.export", "--check"],
    "words": [sys.executable, "-m", "gateway.words_check"],
}


def main() -> int:
    results = {}
    for name, command in CHECKS.items():
        say(f"── {name}")
        begun = time.monotonic()
        results[name] = subprocess.run(command, cwd=ROOT, check=False).returncode, time.monotonic() - begun
    say("── summary")
    for name, (code, seconds) in results.items():
        say(f"{'ok    ' if code == 0 else 'FAILED'}  {name} ({seconds:.1f} s)")
    return 1 if any(code for code, _ in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
