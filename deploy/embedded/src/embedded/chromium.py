"""The browser of the tests: the machine's Chromium if it has one that works, else one is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from embedded.trouble import Trouble

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """For `launch(executable_path=…)`; None when there is no Chromium that works."""
    candidates = [shutil.which(name) for name in NAMES] + [playwrights_own()]
    return next((path for path in candidates if path and starts(path)), None)


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def starts(path: str) -> bool:
    """Ubuntu's `chromium-browser` may be a mere hint at a snap, and a browser may lack its libraries."""
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def make_sure() -> str:
    """The path of a Chromium that works, after installing one if need be."""
    found = executable()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update"], check=False)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], check=False)
        found = executable()
    if found is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = executable()
    if found is None:
        raise Trouble("Chromium is missing and could not be installed: install it (Debian: apt-get install chromium).")
    return found


if __name__ == "__main__":
    try:
        print(make_sure())
    except Trouble as sentence:
        sys.exit(str(sentence))
